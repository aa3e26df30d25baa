using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace VmNodeOps;

/// <summary>What one call of an agent gave. Nothing of it is shown before secrets are taken out.</summary>
internal sealed record FenceAgentRun(int? ExitCode, string Output, string Error)
{
    /// <summary>Whether it was killed because its time was up.</summary>
    public bool TimedOut => ExitCode is null;
}

/// <summary>Runs an agent once: parameters by standard input, nothing on the command line.</summary>
internal sealed class FenceAgentCall(string program, TimeSpan timeout, TimeProvider time)
{
    private const int MostKept = 16 * 1024;

    /// <param name="input">The parameters, secrets among them.</param>
    /// <param name="hidden">Variables that the agent does not inherit.</param>
    /// <param name="cancellationToken">Kills the agent.</param>
    /// <exception cref="Win32Exception">It could not be started.</exception>
    public async Task<FenceAgentRun> RunAsync(string input, IEnumerable<string> hidden, CancellationToken cancellationToken)
    {
        using var process = Process.Start(Describe(hidden)) ?? throw new Win32Exception();
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var output = ReadAsync(process.StandardOutput, either.Token);
            var error = ReadAsync(process.StandardError, either.Token);
            await WriteAsync(process, input, either.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            return new FenceAgentRun(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new FenceAgentRun(null, "", "");
        }
        finally
        {
            Stop(process);
        }
    }

    private ProcessStartInfo Describe(IEnumerable<string> hidden)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var variable in hidden)
        {
            start.Environment.Remove(variable);
        }

        return start;
    }

    private static async Task WriteAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code tells why.
        }
    }

    /// <summary>Reads to the end and keeps the beginning: an agent that talks must not block on a full pipe.</summary>
    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var kept = new StringBuilder();
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            kept.Append(buffer, 0, Math.Min(count, MostKept - kept.Length));
        }

        return kept.ToString();
    }

    private static void Stop(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
