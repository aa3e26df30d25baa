using System.CommandLine;
using System.CommandLine.Invocation;
using VmNodeOps.Cluster;
using VmNodeOps.Tool.Terminal;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>Runs one command line, and turns whatever happens into a sentence and an exit code.</summary>
internal static class Application
{
    public static async Task<ExitCode> RunAsync(
        IReadOnlyList<string> arguments, ToolConsole console, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await InvokeAsync(arguments, console, time, cancellationToken);
        }
        catch (ToolException exception)
        {
            return Tell(console, exception.Message, exception.ExitCode);
        }
        catch (ClusterException exception)
        {
            return Tell(console, exception.Message, ExitCodes.Of(exception));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Tell(console, "Cancelled.", ExitCode.Cancelled);
        }
        catch (Exception exception)
        {
            return Tell(console, $"This is a defect of vmnodeops, please report it: {exception}", ExitCode.Failed);
        }
        finally
        {
            console.Out.Flush();
            console.Error.Flush();
        }
    }

    private static async Task<ExitCode> InvokeAsync(
        IReadOnlyList<string> arguments, ToolConsole console, TimeProvider time, CancellationToken cancellationToken)
    {
        // A reason that begins with '@' is a reason, not the name of a file with more arguments.
        var parsed = new VmNodeOpsCommand(new ToolServices(console, time)).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            var command = CommandPath(parsed.CommandResult);
            return Tell(console, $"{string.Join("\n", Complaints(parsed))}\nSee `{command} --help`.", ExitCode.Usage);
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

    private static ExitCode Tell(ToolConsole console, string message, ExitCode exitCode)
    {
        console.Error.WriteLine(message);
        return exitCode;
    }
}
