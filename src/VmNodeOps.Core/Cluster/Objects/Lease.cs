namespace VmNodeOps.Cluster;

/// <summary>A lease: a kubelet's heartbeat, or a lock. All times are by the clock of whoever wrote them.</summary>
public sealed record Lease : ClusterObject
{
    /// <summary>Who holds it; null if nobody does.</summary>
    public string? HolderIdentity { get; init; }

    /// <summary>How long it holds after a renewal; null if not told.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>When the holder took it.</summary>
    public DateTimeOffset? AcquiredAt { get; init; }

    /// <summary>When the holder last renewed it.</summary>
    public DateTimeOffset? RenewedAt { get; init; }

    /// <summary>How often it changed hands. Default 0.</summary>
    public int Transitions { get; init; }
}
