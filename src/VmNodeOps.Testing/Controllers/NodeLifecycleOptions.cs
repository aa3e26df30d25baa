namespace VmNodeOps.Testing.Controllers;

/// <summary>How the cluster judges its nodes. Defaults are those of kube-controller-manager.</summary>
internal sealed record NodeLifecycleOptions
{
    /// <summary>How long a node may go without a beat before its conditions become Unknown: 40 s before 1.32, 50 s from then on.</summary>
    public TimeSpan MonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>The same for a node that never reported anything.</summary>
    public TimeSpan StartupGracePeriod { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan MonitorPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>NoExecute taints per second and zone while most of its nodes are well.</summary>
    public double EvictionRate { get; init; } = 0.1;

    /// <summary>The same when a large zone has more unhealthy nodes than the threshold; a smaller zone then gets none.</summary>
    public double SecondaryEvictionRate { get; init; } = 0.01;

    public double UnhealthyZoneThreshold { get; init; } = 0.55;

    public int LargeZoneSize { get; init; } = 50;

    /// <summary>For clusters whose heartbeats are switched off: whether the node's kubelet would beat now.</summary>
    public Func<string, bool>? IsBeating { get; init; }

    /// <summary>The grace period that a server of this minor version has by default.</summary>
    public static TimeSpan GraceOf(int minor) => TimeSpan.FromSeconds(minor >= 32 ? 50 : 40);
}
