using System.CommandLine;
using System.CommandLine.Invocation;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>Runs one command line, and turns whatever happens into a sentence and an exit code.</summary>
internal static class Application
{
    public static Task<ExitCode> RunAsync(
        IReadOnlyList<string> arguments, HostConsole console, TimeProvider time, CancellationToken cancellationToken) =>
        HostOutcome.OfAsync(
            console, () => InvokeAsync(arguments, console, time, cancellationToken), "This is a defect of vmnodeops, please report it", cancellationToken);

    private static async Task<ExitCode> InvokeAsync(
        IReadOnlyList<string> arguments, HostConsole console, TimeProvider time, CancellationToken cancellationToken)
    {
        // A reason that begins with '@' is a reason, not the name of a file with more arguments.
        var parsed = new VmNodeOpsCommand(new ToolServices(console, time)).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            var command = CommandPath(parsed.CommandResult);
            return HostOutcome.Tell(console, $"{string.Join("\n", Complaints(parsed))}\nSee `{command} --help`.", ExitCode.Usage);
        }

        // The process's signals are handled by Signals; exceptions become sentences above.
        var invocation = new InvocationConfiguration
        {
            Output = console.Out,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return (ExitCode)await parsed.InvokeAsync(invocation, cancellationToken);
    }

    /// <summary>A word that is no command is complained of once, not as a missing command too.</summary>
    private static IEnumerable<string> Complaints(ParseResult parsed) =>
        parsed.UnmatchedTokens.Count > 0
            ? parsed.UnmatchedTokens.Select(token => $"'{token}' is none of vmnodeops' commands, options or arguments here.")
            : parsed.Errors.Select(error => error.Message).Distinct();

    private static string CommandPath(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{CommandPath(parent)} {result.Command.Name}" : "vmnodeops";
}
