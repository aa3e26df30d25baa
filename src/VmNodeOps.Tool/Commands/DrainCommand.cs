using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops drain NODE</c>: empties a node for maintenance and waits until its virtual machines run elsewhere.</summary>
internal sealed class DrainCommand : Command
{
    public DrainCommand(ToolServices services)
        : base("drain", "Empties a node for maintenance: cordons it, moves its virtual machines away, and waits until they run elsewhere.")
    {
        var node = new NodeArgument();
        Arguments.Add(node);
        var policy = new PolicyOptions();
        policy.AddTo(this);
        SetAction((parsed, token) =>
        {
            var name = parsed.GetRequiredValue(node);
            var advice = $"Node {name} stays cordoned, and what KubeVirt has begun goes on. To go on: vmnodeops drain {name}. To take the node back: vmnodeops return {name}.";
            return new MaintenanceRunning(services, parsed).RunAsync(Procedures.Drain(name, policy.Read(parsed)), asks: true, advice, token);
        });
    }
}
