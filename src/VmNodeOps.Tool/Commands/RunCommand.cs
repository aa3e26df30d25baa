using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops run RUNBOOK</c>: runs a procedure written in YAML.</summary>
internal sealed class RunCommand : Command
{
    public RunCommand(ToolServices services)
        : base("run", "Runs a procedure written in YAML, on one node or several.")
    {
        var words = new RunbookArguments();
        words.AddTo(this);
        SetAction((parsed, token) => new RunbookRunning(services, parsed).RunAsync(words.Read(parsed), token));
    }
}
