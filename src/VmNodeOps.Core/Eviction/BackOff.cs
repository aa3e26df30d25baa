namespace VmNodeOps;

/// <summary>Waits that double up to a limit, spread by a share that depends on the pod and the attempt alone, so that a run can be repeated.</summary>
internal static class BackOff
{
    public static TimeSpan After(int attempts, string podUid, DrainOptions options)
    {
        var doubled = options.FirstRetry * Math.Pow(2, Math.Min(attempts - 1, 30));
        var wait = doubled < options.LongestRetry ? doubled : options.LongestRetry;
        var spread = Fraction($"{podUid}/{attempts}");
        return wait * (1 + (options.Jitter * spread));
    }

    /// <summary>A number from 0 to 1 that is the same for the same text on every machine (FNV-1a).</summary>
    private static double Fraction(string text)
    {
        var hash = 2166136261u;
        foreach (var character in text)
        {
            hash = (hash ^ character) * 16777619u;
        }

        return hash / (double)uint.MaxValue;
    }
}
