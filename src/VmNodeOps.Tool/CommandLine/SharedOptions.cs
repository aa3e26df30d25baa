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
        HelpName = OutputForms.Words,
        Recursive = true,
        DefaultValueFactory = static _ => "text",
    };

    public Option<bool> DryRun { get; } = new("--dry-run")
    {
        Description = "Shows the plan of what would be done, and writes nothing to the cluster.",
        Recursive = true,
    };

    public Option<bool> Quiet { get; } = new("--quiet", "-q")
    {
        Description = "No progress: only data, questions and what goes wrong.",
        Recursive = true,
    };

    public Option<bool> Verbose { get; } = new("--verbose", "-v")
    {
        Description = "Says more on stderr: -v what the library logs, -vv every request to the server too, with its answer and its time.",
        Recursive = true,
        Arity = ArgumentArity.Zero,
    };

    public Option<int> ChunkSize { get; } = new("--chunk-size")
    {
        Description = "How many objects of a list are asked for at a time.",
        HelpName = "N",
        Recursive = true,
        DefaultValueFactory = static _ => 500,
        Validators = { static result => Positive(result) },
    };

    public SharedOptions()
    {
        Output.CompletionSources.Add("text", "json", "jsonl");
        Output.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && OutputForms.Find(token.Value) is null)
            {
                result.AddError($"'{token.Value}' is not a form of --output: write text, json or jsonl.");
            }
        });
        Verbose.Validators.Add(result =>
        {
            if (result is { Implicit: false } && result.GetResult(Quiet) is { Implicit: false })
            {
                result.AddError("--quiet and --verbose contradict each other.");
            }
        });
    }

    public IEnumerable<Option> All => [Kubeconfig, Context, Timeout, DryRun, Yes, Output, Quiet, Verbose, ChunkSize];

    private static void Positive(OptionResult result)
    {
        if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var size) || size < 1))
        {
            result.AddError($"'{token.Value}' is not a number for --chunk-size: write one from 1 on.");
        }
    }

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
