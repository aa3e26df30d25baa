using System.Diagnostics;

namespace VmNodeOps.Testing.Tests.Kubectl;

/// <summary>Runs commands as a person at a terminal would, with one kubectl and a home of its own.</summary>
internal sealed class KubectlShell : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("vmnodeops-kubectl-").FullName;

    /// <param name="binary">The kubectl that the word <c>kubectl</c> means.</param>
    /// <param name="kubeconfig">The text of the kubeconfig.</param>
    public KubectlShell(KubectlBinary binary, string kubeconfig)
    {
        Directory.CreateDirectory(Path.Combine(_home, "bin"));
        // A script, not a link: a dispatcher looks for its siblings beside itself.
        var script = Path.Combine(_home, "bin", "kubectl");
        File.WriteAllText(script, $"#!/bin/sh\nexec '{binary.Path}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Directory.CreateDirectory(Path.Combine(_home, ".kube"));
        File.WriteAllText(Path.Combine(_home, ".kube", "config"), kubeconfig);
    }

    /// <summary>Runs a command line with bash.</summary>
    public async Task<KubectlResult> RunAsync(string commandLine)
    {
        var start = new ProcessStartInfo("bash", ["-c", commandLine])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = _home,
        };
        start.Environment["HOME"] = _home;
        start.Environment["PATH"] = $"{Path.Combine(_home, "bin")}:{start.Environment["PATH"]}";
        start.Environment.Remove("KUBECONFIG");
        start.Environment.Remove("HTTPS_PROXY");
        start.Environment.Remove("https_proxy");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"Not done within a minute: {commandLine}\n{await output}\n{await error}");
        }

        return new KubectlResult(process.ExitCode, await output, await error);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);
}

internal sealed record KubectlResult(int ExitCode, string Output, string Error)
{
    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
