using System.CommandLine;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>The options that say when a recovery goes on although the trouble is greater than one node, each by its own name.</summary>
internal sealed class BlastRadiusArguments
{
    private readonly Option<string[]> _together = new("--together-with")
    {
        Description = "Other nodes that are known to be down, so that they do not count as a sign of something greater. May be given several times.",
        HelpName = "NODE",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<bool> _manyNodes = new("--even-if-many-nodes-are-down") { Description = "Goes on although more nodes went down together than one, and than a fifth of all." };
    private readonly Option<bool> _lastControlPlane = new("--even-if-last-control-plane-node") { Description = "Goes on although no other node of the control plane is Ready." };
    private readonly Option<bool> _anotherActor = new("--even-if-another-actor-is-at-work") { Description = "Goes on although the node carries another actor's mark, or a remediation names it." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _together, _manyNodes, _lastControlPlane, _anotherActor })
        {
            command.Options.Add(option);
        }
    }

    public BlastRadiusOptions Read(ParseResult parsed) => new()
    {
        NamedTogether = parsed.GetValue(_together) ?? [],
        EvenIfManyNodesAreDown = parsed.GetValue(_manyNodes),
        EvenIfLastControlPlaneNode = parsed.GetValue(_lastControlPlane),
        EvenIfAnotherActorIsAtWork = parsed.GetValue(_anotherActor),
    };
}
