using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops recover NODE --confirmed-by WHO --reason WHY | --fence-agent PROGRAM …</c>: frees the virtual machines of a node that is off, so that they start elsewhere.</summary>
internal sealed class RecoverCommand : Command
{
    private readonly NodeArgument _node = new();
    private readonly RecoveryArguments _recovery = new();

    public RecoverCommand(ToolServices services)
        : base("recover", "Frees the virtual machines of a crashed node, so that they start elsewhere. Somebody must answer for it that the node is off, or a fence agent switches it off.")
    {
        Arguments.Add(_node);
        _recovery.AddTo(this, needsProof: true);
        SetAction((parsed, token) =>
        {
            var name = parsed.GetRequiredValue(_node);
            var advice = $"Node {name} stays cordoned. If it is still off, the same command again goes on from where things stand.";
            return new MaintenanceRunning(services, parsed).RunAsync(_recovery.Read(name, parsed), asks: true, advice, token);
        });
    }
}
