using System.CommandLine;
using System.CommandLine.Parsing;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>The options that every command has.</summary>
internal sealed class SharedOptions
{
    public Option<string?> Kubeconfig { get; } = new("--kubeconfig")
    {
        Description = "The kubeconfig file. Without it: what kubectl would use.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<string?> Context { get; } = new("--context")
    {
        Description = "The context of the kubeconfig. Without it: the current one.",
        HelpName = "NAME",
        Recursive = true,
    };

    public Option<TimeSpan?> Timeout { get; } = new("--timeout")
    {
        Description = "How long the command may take: 90s, 30m, 1h30m. Without it: an hour.",
        HelpName = "TIME",
        Recursive = true,
        CustomParser = ParseTimeout,
    };

    public Option<bool> Yes { get; } = new("--yes", "-y")
    {
        Description = "Does not ask before it shuts down or removes anything. Needed where there is no terminal to ask on.",
        Recursive = true,
    };

    public Option<string> Output { get; } = new("--output", "-o")
    {
        Description = "How the data on stdout is written.",
        HelpName = "text|json",
        Recursive = true,
        DefaultValueFactory = static _ => "text",
    };

    public SharedOptions() => Output.Validators.Add(static result =>
    {
        if (result.Tokens is [var token] && token.Value is not ("text" or "json"))
        {
            result.AddError($"'{token.Value}' is not a form of --output: write text or json.");
        }
    });

    public IEnumerable<Option> All => [Kubeconfig, Context, Timeout, Yes, Output];

    private static TimeSpan? ParseTimeout(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (Durations.TryParse(text, out var timeout) && timeout <= TimeSpan.FromDays(24))
        {
            return timeout;
        }

        result.AddError($"'{text}' is not a time for --timeout: write 90s, 30m, 1h30m or 00:30:00, and at most 24 days.");
        return null;
    }
}
