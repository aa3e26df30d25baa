using System.CommandLine;
using System.Globalization;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops apply FILE</c>: does exactly what a saved plan says, or nothing and a word on what has changed since.</summary>
internal sealed class ApplyCommand : Command
{
    private readonly Argument<string> _file = new("FILE") { Description = "A plan that `vmnodeops plan … --save FILE` wrote." };

    /// <param name="services">What commands work with.</param>
    /// <param name="root">The tool as a whole: the saved command is one of its commands.</param>
    public ApplyCommand(ToolServices services, RootCommand root)
        : base("apply", "Does exactly what a saved plan says, or nothing and a word on what has changed since.")
    {
        var who = new Option<string?>("--confirmed-by") { Description = "For a recovery: who answers for it that the node is off.", HelpName = "WHO" };
        var why = new Option<string?>("--reason") { Description = "For a recovery: how they know.", HelpName = "WHY" };
        Arguments.Add(_file);
        Options.Add(who);
        Options.Add(why);
        SetAction((parsed, token) =>
        {
            var saved = SavedPlan.Read(parsed.GetRequiredValue(_file));
            services.Approved = saved.Plan;
            // Whoever applies a saved plan has said yes to it.
            string[] words = [.. saved.Command, "--yes", .. Given(parsed, "--confirmed-by", who), .. Given(parsed, "--reason", why), .. OwnWords(parsed)];
            var again = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
            return again.Errors.Count == 0
                ? again.InvokeAsync(parsed.InvocationConfiguration, token)
                : throw new ToolException(ExitCode.Usage, string.Join("\n", again.Errors.Select(error => error.Message).Distinct()));
        });

        IEnumerable<string> OwnWords(ParseResult parsed) =>
        [
            .. Given(parsed, "--kubeconfig", services.Options.Kubeconfig), .. Given(parsed, "--context", services.Options.Context), "--output", parsed.GetValue(services.Options.Output)!,
            .. parsed.GetValue(services.Options.Timeout) is { } timeout ? new[] { "--timeout", timeout.ToString("c") } : [],
            .. parsed.GetValue(services.Options.Quiet) ? new[] { "--quiet" } : [], .. Enumerable.Repeat("-v", services.VerbosityOf(parsed)),
            .. parsed.GetValue(services.Options.DryRun) ? new[] { "--dry-run" } : [], "--chunk-size", parsed.GetValue(services.Options.ChunkSize).ToString(CultureInfo.InvariantCulture),
        ];
    }

    private static string[] Given(ParseResult parsed, string name, Option<string?> option) => parsed.GetValue(option) is { } value ? [name, value] : [];
}
