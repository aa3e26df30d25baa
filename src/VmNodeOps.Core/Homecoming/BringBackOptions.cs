namespace VmNodeOps;

/// <summary>How machines that were moved away come back to the node.</summary>
public sealed record BringBackOptions
{
    /// <summary>How many migrations are asked for at a time. KubeVirt's own limits hold beside it.</summary>
    /// <value>Two, as KubeVirt lets leave one node at a time.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is less than one.</exception>
    public int MaxParallel
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxParallel), value, "At least one must be possible.");
    } = 2;
}
