using System.CommandLine;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>A runbook and the values of its variables.</summary>
internal sealed class RunbookArguments
{
    private readonly Argument<string> _file = new("RUNBOOK") { Description = "The runbook, a YAML file. `vmnodeops schema` says what it may hold." };
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "A value for a variable of the runbook. May be given several times.",
        HelpName = "NAME=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    public RunbookArguments() => _set.Validators.Add(static result =>
    {
        foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
        {
            result.AddError($"'{token.Value}' is nothing to --set: write --set name=value.");
        }
    });

    public void AddTo(Command command)
    {
        command.Arguments.Add(_file);
        command.Options.Add(_set);
    }

    /// <exception cref="RunbookException">The runbook cannot be meant as it stands.</exception>
    public BoundRunbook Read(ParseResult parsed)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in parsed.GetValue(_set) ?? [])
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            values[pair[..at]] = pair[(at + 1)..];
        }

        return Runbook.Load(parsed.GetRequiredValue(_file)).Bind(values);
    }
}
