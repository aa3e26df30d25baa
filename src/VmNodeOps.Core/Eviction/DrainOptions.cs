namespace VmNodeOps;

/// <summary>How a node is drained.</summary>
public sealed record DrainOptions
{
    /// <summary>Which pods are evicted, as a label selector.</summary>
    /// <value><c>kubevirt.io=virt-launcher</c>: virtual machines, and nothing else.</value>
    public string PodSelector { get; init; } = LauncherPods.Selector;

    /// <summary>How long to wait before the first repetition of an eviction that was refused for now; each further wait is twice as long.</summary>
    /// <value>One second. A longer wait that the server asks for (Retry-After) is kept.</value>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two repetitions.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>By how much waits are spread, as a share of them, so that a hundred pods do not come back at one moment. The same pod spreads alike each time.</summary>
    /// <value>0.2.</value>
    public double Jitter { get; init; } = 0.2;

    /// <exception cref="ArgumentException">A value makes no sense.</exception>
    internal DrainOptions Checked()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(PodSelector, nameof(PodSelector));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FirstRetry, TimeSpan.Zero, nameof(FirstRetry));
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestRetry, FirstRetry, nameof(LongestRetry));
        ArgumentOutOfRangeException.ThrowIfNegative(Jitter, nameof(Jitter));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Jitter, 1, nameof(Jitter));
        return this;
    }
}
