using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops recover NODE… --confirmed-by WHO --reason WHY | --fence-agent PROGRAM …</c>: frees the virtual machines of nodes that are off, so that they start elsewhere.</summary>
internal sealed class RecoverCommand : Command
{
    public RecoverCommand(ToolServices services)
        : base("recover", "Frees the virtual machines of crashed nodes, so that they start elsewhere. Somebody must answer for it that each node is off, or a fence agent switches it off.")
    {
        var input = new RecoveryInput();
        input.AddTo(this, needsProof: true);
        SetAction((parsed, token) =>
        {
            if (input.OnlyNode(parsed) is not { } name)
            {
                const string Advice = "The nodes stay cordoned. If they are still off, the same command again goes on from where things stand; leave out those that are done or have come back.";
                return new BatchRunning(services, parsed).RunAsync(input.OnAll(parsed), Advice, token);
            }

            var advice = $"Node {name} stays cordoned. If it is still off, the same command again goes on from where things stand.";
            return new MaintenanceRunning(services, parsed).RunAsync(input.OnOne(parsed, name), asks: true, advice, token);
        });
    }
}
