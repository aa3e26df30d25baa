using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops drain NODE…</c>: empties nodes for maintenance and waits until their virtual machines run elsewhere.</summary>
internal sealed class DrainCommand : Command
{
    public DrainCommand(ToolServices services)
        : base("drain", "Empties nodes for maintenance: cordons them, moves their virtual machines away, and waits until they run elsewhere.")
    {
        var input = new DrainInput();
        input.AddTo(this);
        SetAction((parsed, token) =>
        {
            if (input.OnlyNode(parsed) is not { } name)
            {
                const string Advice = "Nodes that were cordoned stay so, and what KubeVirt has begun goes on. The same command again goes on from where things stand; `vmnodeops return NODE` takes a node back.";
                return new BatchRunning(services, parsed).RunAsync(input.OnAll(parsed), Advice, token);
            }

            var advice = input.Undoes(parsed) ? null : $"Node {name} stays cordoned, and what KubeVirt has begun goes on. To go on: vmnodeops drain {name}. To take the node back: vmnodeops return {name}.";
            return new MaintenanceRunning(services, parsed).RunAsync(input.OnOne(parsed, name), asks: true, advice, token);
        });
    }
}
