using System.CommandLine;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>What `recover` and `plan recover` are told alike: which nodes, and how.</summary>
internal sealed class RecoveryInput
{
    private const int AtOnce = 4;
    private readonly NodesArgument _nodes = new() { Description = "The nodes' names, as `vmnodeops nodes` shows them. Naming several says that all of them are known to be down.", Arity = ArgumentArity.OneOrMore };
    private readonly RecoveryArguments _recovery = new();

    private readonly Option<int> _atOnce = new("--max-nodes-at-once")
    {
        Description = "How many nodes are recovered at the same time. All are confirmed and cordoned before the machines of the first are released.",
        HelpName = "N",
        DefaultValueFactory = static _ => AtOnce,
    };

    private readonly Option<bool> _keepGoing = new("--keep-going") { Description = "Goes on with the next node after one that could not be recovered." };

    public RecoveryInput() => _atOnce.Validators.Add(static result =>
    {
        if (result.GetValueOrDefault<int>() < 1)
        {
            result.AddError("--max-nodes-at-once takes a number from 1 on.");
        }
    });

    /// <param name="command">The command.</param>
    /// <param name="needsProof">Whether it acts, so that somebody must know; a plan can be made before.</param>
    public void AddTo(Command command, bool needsProof)
    {
        command.Arguments.Add(_nodes);
        _recovery.AddTo(command, needsProof);
        command.Options.Add(_atOnce);
        command.Options.Add(_keepGoing);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_nodes) is { Tokens.Count: > 1 } && result.GetResult(_recovery.FenceAgent) is not null)
            {
                result.AddError("A fence agent is told of one machine (its address, its plug), so --fence-agent goes with one NODE. Recover each by itself, with the others as --together-with.");
            }
        });
    }

    /// <summary>The one node that was named; null if there are several.</summary>
    public string? OnlyNode(ParseResult parsed) => parsed.GetRequiredValue(_nodes).Distinct(StringComparer.Ordinal).ToList() is [var only] ? only : null;

    public NodeMaintenance OnOne(ParseResult parsed, string node) => _recovery.Compose(NodeMaintenance.OnNode(node), parsed);

    /// <summary>Each node with a word of its own: evidence about one says nothing about another.</summary>
    public MaintenanceBatch OnAll(ParseResult parsed) => NodeMaintenance.OnNodes(parsed.GetRequiredValue(_nodes))
        .Each(node => _recovery.Compose(node, parsed))
        .With(batch => batch with { MaxNodesAtOnce = parsed.GetValue(_atOnce), StopOnTrouble = !parsed.GetValue(_keepGoing) });
}
