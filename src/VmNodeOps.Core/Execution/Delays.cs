namespace VmNodeOps;

/// <summary>Times for waits.</summary>
internal static class Delays
{
    /// <summary>The wait in whole milliseconds, at least one: timers cut off what is less, and a wait that ends too early is begun again at once.</summary>
    public static TimeSpan RoundUp(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds)));
}
