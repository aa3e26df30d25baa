using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops return NODE</c>: takes a node back into service. Destroys nothing, so it does not ask.</summary>
internal sealed class ReturnCommand : Command
{
    public ReturnCommand(ToolServices services)
        : base("return", "Takes a node back into service: waits until it is Ready and virt-handler serves it, uncordons it, and starts the machines that were stopped for its maintenance.")
    {
        var node = new NodeArgument();
        Arguments.Add(node);
        var bringBack = new Option<bool>("--bring-back") { Description = "Migrates back the machines that left the node by migration during its maintenance, two at a time (KubeVirt 1.6 or newer)." };
        Options.Add(bringBack);
        SetAction((parsed, token) => new MaintenanceRunning(services, parsed).RunAsync(
            Procedures.Return(parsed.GetRequiredValue(node), parsed.GetValue(bringBack)), asks: false, advice: null, token));
    }
}
