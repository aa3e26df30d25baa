using System.Diagnostics;
using System.Runtime.InteropServices;
using VmNodeOps.Benchmarks.Means;

namespace VmNodeOps.Benchmarks.Measuring;

/// <summary>How one child process went, with all that it started itself.</summary>
/// <param name="ExitCode">How it ended.</param>
/// <param name="Wall">From its start to its end.</param>
/// <param name="Processor">User and system time of it and of those it waited for.</param>
/// <param name="PeakMemory">The most resident memory (VmHWM) of any of its processes, in bytes.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Error">What it complained.</param>
internal sealed partial record ChildRun(int ExitCode, TimeSpan Wall, TimeSpan Processor, long PeakMemory, string Output, string Error)
{
    private const int OfChildren = -1;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    /// <summary>One at a time: the processor time is what the children of this process have used meanwhile.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="kubeconfig">The cluster.</param>
    /// <param name="home">Where it keeps what it keeps.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="whenReady">Done when it says that it is ready, and before it hears that it is to go on; null for a child that waits for nothing.</param>
    public static async Task<ChildRun> OfAsync(
        string program, IEnumerable<string> arguments, string kubeconfig, string home, TimeSpan limit, Func<Task>? whenReady = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = home };
        start.Environment["KUBECONFIG"] = kubeconfig;
        start.Environment["HOME"] = home;
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment.Remove("HTTPS_PROXY");
        start.Environment.Remove("https_proxy");
        var before = UsedByChildren();
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        using var over = new CancellationTokenSource(limit);
        if (whenReady is not null && await process.StandardOutput.ReadLineAsync(over.Token) == ChildWords.Ready)
        {
            await whenReady();
            await process.StandardInput.WriteLineAsync("go");
        }

        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var peak = WatchMemoryAsync(process, over.Token);
        try
        {
            await process.WaitForExitAsync(over.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"Not done within {limit}: {program} {string.Join(' ', start.ArgumentList)}\n{await output}\n{await error}");
        }

        var wall = Stopwatch.GetElapsedTime(began);
        return new ChildRun(process.ExitCode, wall, UsedByChildren() - before, await peak, await output, await error);
    }

    private static async Task<long> WatchMemoryAsync(Process process, CancellationToken cancellationToken)
    {
        var peak = 0L;
        while (!process.HasExited && !cancellationToken.IsCancellationRequested)
        {
            peak = Math.Max(peak, PeakOf(process.Id));
            await Task.Delay(BetweenLooks, CancellationToken.None);
        }

        return peak;
    }

    /// <summary>Of a process and its descendants. One that ends meanwhile has no more to tell.</summary>
    private static long PeakOf(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            var own = line is null ? 0 : 1024 * long.Parse(line.AsSpan(6).Trim().ToString().Split(' ')[0], null);
            var children = Directory.EnumerateDirectories($"/proc/{process}/task").SelectMany(task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries));
            return children.Select(child => PeakOf(int.Parse(child, null))).Append(own).Max();
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static TimeSpan UsedByChildren()
    {
        var usage = default(Usage);
        return GetUsage(OfChildren, ref usage) == 0 ? usage.User.ToTimeSpan() + usage.System.ToTimeSpan() : throw new InvalidOperationException("getrusage failed.");
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, ref Usage usage);

    [StructLayout(LayoutKind.Sequential)]
    private struct Moment
    {
        public long Seconds;
        public long Microseconds;

        public readonly TimeSpan ToTimeSpan() => TimeSpan.FromSeconds(Seconds) + TimeSpan.FromMicroseconds(Microseconds);
    }

    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct Usage
    {
        public Moment User;
        public Moment System;
    }
}
