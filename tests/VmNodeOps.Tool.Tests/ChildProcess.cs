using System.Diagnostics;
using System.Globalization;
using VmNodeOps.Testing;

namespace VmNodeOps.Tool.Tests;

/// <summary>The tool as a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>How long anything of a process may take, on a machine that has other things to do.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Where the tool lies that these tests were built with.</summary>
    public static string Assembly => Path.Combine(AppContext.BaseDirectory, "vmnodeops.dll");

    /// <summary>The command under test: another build of the tool, as a native one, where VMNODEOPS_TOOL names its file; else the one that these tests were built with.</summary>
    private static string[] Command => Environment.GetEnvironmentVariable("VMNODEOPS_TOOL") is { Length: > 0 } given ? [given] : ["dotnet", Assembly];

    /// <summary>Whoever starts the tests in the background has SIGINT ignored, and children inherit that; <c>env</c> puts it right.</summary>
    public static Process Start(params string[] arguments) => StartProgram("env", ["--default-signal=INT", .. Command, .. arguments]);

    /// <summary>Any program, its streams in our hands.</summary>
    public static Process StartProgram(string program, IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    /// <summary>Runs it to its end.</summary>
    public static async Task<ToolRun> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        return await process.EndAsync();
    }

    /// <summary>What it says from now on, and how it ends. One that does not end is killed.</summary>
    public static async Task<ToolRun> EndAsync(this Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return new ToolRun { ExitCode = (ExitCode)process.ExitCode, Out = await output, Error = await error };
    }

    /// <summary>Sends a signal by its name: INT, TERM.</summary>
    public static async Task SignalAsync(this Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        kill.ExitCode.Should().Be(0);
    }

    /// <summary>Reads lines until one has the text in it, and gives all of them.</summary>
    public static async Task<string> ReadUntilAsync(this StreamReader reader, string text)
    {
        using var limit = new CancellationTokenSource(Patience);
        var read = "";
        while (!read.Contains(text, StringComparison.Ordinal))
        {
            var line = await reader.ReadLineAsync(limit.Token) ?? throw new EndOfStreamException($"It ended before it said '{text}': {read}");
            read += line + "\n";
        }

        return read;
    }
}

/// <summary>A simulated cluster for processes: its clock runs beside the wall's.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    private readonly SimulatedTime _time;

    private ProcessCluster(SimulatedTime time, SimulatedCluster simulated) => (_time, Simulated) = (time, simulated);

    public SimulatedCluster Simulated { get; }

    /// <summary>A file with the way to it.</summary>
    public string Kubeconfig { get; } = Path.GetTempFileName();

    /// <param name="configure">What is on it, beside two workers.</param>
    /// <param name="speed">How much faster than the wall's its clock runs.</param>
    public static async Task<ProcessCluster> StartAsync(Func<SimulatedClusterBuilder, SimulatedClusterBuilder> configure, double speed = 1)
    {
        var time = SimulatedTime.RealTime(speed);
        var cluster = new ProcessCluster(time, await SimulatedCluster.StartAsync(builder => configure((builder with { Time = time }).WithNodes("worker-1", "worker-2"))));
        cluster.ActAs(cluster.Simulated.Kubeconfig);
        return cluster;
    }

    /// <summary>From now on the tool uses that kubeconfig.</summary>
    public void ActAs(string kubeconfig) => File.WriteAllText(Kubeconfig, kubeconfig);

    /// <summary>Starts the tool on this cluster.</summary>
    public Process Start(params string[] arguments) => ChildProcess.Start([.. arguments, "--kubeconfig", Kubeconfig]);

    /// <summary>Runs the tool on this cluster to its end.</summary>
    public Task<ToolRun> RunAsync(params string[] arguments) => ChildProcess.RunAsync([.. arguments, "--kubeconfig", Kubeconfig]);

    public async ValueTask DisposeAsync()
    {
        File.Delete(Kubeconfig);
        await Simulated.DisposeAsync();
        _time.Dispose();
    }
}
