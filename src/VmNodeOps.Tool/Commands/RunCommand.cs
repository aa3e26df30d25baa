using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops run RUNBOOK</c>: runs a procedure written in YAML.</summary>
internal sealed class RunCommand : Command
{
    private readonly Argument<string> _file = new("RUNBOOK") { Description = "The runbook, a YAML file. `vmnodeops schema` says what it may hold." };
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "A value for a variable of the runbook. May be given several times.",
        HelpName = "NAME=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    public RunCommand(ToolServices services)
        : base("run", "Runs a procedure written in YAML, on one node or several.")
    {
        Arguments.Add(_file);
        Options.Add(_set);
        _set.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
            {
                result.AddError($"'{token.Value}' is nothing to --set: write --set name=value.");
            }
        });
        SetAction((parsed, token) =>
        {
            var runbook = Runbook.Load(parsed.GetRequiredValue(_file)).Bind(Values(parsed.GetValue(_set) ?? []));
            return new RunbookRunning(services, parsed).RunAsync(runbook, token);
        });
    }

    private static Dictionary<string, string> Values(string[] pairs)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            values[pair[..at]] = pair[(at + 1)..];
        }

        return values;
    }
}
