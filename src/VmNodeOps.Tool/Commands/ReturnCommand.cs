using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops return NODE</c>: takes a node back into service. Destroys nothing, so it does not ask.</summary>
internal sealed class ReturnCommand : Command
{
    public ReturnCommand(ToolServices services)
        : base("return", "Takes a node back into service: waits until it is Ready, then uncordons it.")
    {
        var node = new NodeArgument();
        Arguments.Add(node);
        SetAction((parsed, token) => new MaintenanceRunning(services, parsed).RunAsync(
            Procedures.Return(parsed.GetRequiredValue(node)), asks: false, advice: null, token));
    }
}
