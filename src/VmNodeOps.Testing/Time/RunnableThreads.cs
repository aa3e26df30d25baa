namespace VmNodeOps.Testing;

/// <summary>Tells whether any other thread of this process computes or waits for a processor, which counters of finished work cannot show.</summary>
/// <remarks>
/// An in-process client that compiles its first request, checks a certificate or is kept off a crowded processor finishes no work item for many
/// milliseconds, and is busy all the same. Linux tells the state of each thread; elsewhere the process' processor time has to do.
/// </remarks>
internal sealed class RunnableThreads
{
    private const string Tasks = "/proc/self/task";
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(0.5);
    private static readonly bool TellsStates = OperatingSystem.IsLinux() && Directory.Exists(Tasks);
    private readonly byte[] _buffer = new byte[512];
    private TimeSpan _processorTime;

    /// <summary>Whether another thread is at work now, or has been since the last call.</summary>
    public bool Any() => TellsStates ? AnyRunnable() : UsedProcessor();

    private bool AnyRunnable()
    {
        var runnable = 0;
        foreach (var task in Directory.EnumerateDirectories(Tasks))
        {
            // The asking thread is runnable itself.
            if (StateOf(task) is 'R' or 'D' && ++runnable > 1)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The letter after the thread's name, which stands in parentheses and may hold any character.</summary>
    private char StateOf(string task)
    {
        try
        {
            using var stat = File.OpenHandle($"{task}/stat");
            var length = RandomAccess.Read(stat, _buffer, 0);
            var end = _buffer.AsSpan(0, length).LastIndexOf((byte)')');
            return end >= 0 && end + 2 < length ? (char)_buffer[end + 2] : '?';
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return '?';
        }
    }

    private bool UsedProcessor()
    {
        var now = Environment.CpuUsage.TotalTime;
        var used = now - _processorTime;
        _processorTime = now;
        return used > Noise;
    }
}
