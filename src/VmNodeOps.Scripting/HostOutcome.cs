using VmNodeOps.Cluster;

namespace VmNodeOps.Scripting;

/// <summary>Turns whatever ends a command or a script into a sentence and an exit code.</summary>
internal static class HostOutcome
{
    /// <param name="console">Takes the sentence.</param>
    /// <param name="act">The command or the script.</param>
    /// <param name="defect">What is said before an exception that nobody expected.</param>
    /// <param name="cancellationToken">What cancels it.</param>
    public static async Task<ExitCode> OfAsync(HostConsole console, Func<Task<ExitCode>> act, string defect, CancellationToken cancellationToken)
    {
        try
        {
            return console.Conclude(await act().ConfigureAwait(false));
        }
        catch (ScriptException exception)
        {
            return Tell(console, exception.Message, exception.ExitCode);
        }
        catch (ClusterException exception)
        {
            return Tell(console, Printable.Line(exception.Message), ExitCodes.Of(exception));
        }
        catch (MaintenanceException exception) when (exception.Report is not null)
        {
            return Tell(console, Printable.Line(exception.Message), ExitCodes.Of(exception.Report));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Tell(console, "Cancelled.", ExitCode.Cancelled);
        }
        catch (Exception exception)
        {
            // The last door of the process: whatever it is, it is said and ends with 1.
            return Tell(console, $"{defect}: {exception}", ExitCode.Failed);
        }
        finally
        {
            console.Out.Flush();
            console.Error.Flush();
        }
    }

    public static ExitCode Tell(HostConsole console, string message, ExitCode exitCode)
    {
        console.Error.WriteLine(message);
        return exitCode;
    }
}
