namespace VmNodeOps.Testing.KubeVirt;

/// <summary>How KubeVirt is installed and how long its parts take.</summary>
internal sealed record KubeVirtSettings
{
    public KubeVirtProfile Profile { get; init; } = KubeVirtProfile.Version19;

    /// <summary>Where the KubeVirt resource and the components live.</summary>
    public string Namespace { get; init; } = "kubevirt";

    /// <summary>The cluster's default in the KubeVirt resource; null leaves KubeVirt's own, None.</summary>
    public string? EvictionStrategy { get; init; }

    /// <summary>Null leaves KubeVirt's own, 5.</summary>
    public int? ParallelMigrationsPerCluster { get; init; }

    /// <summary>Null leaves KubeVirt's own, 2.</summary>
    public int? ParallelOutboundMigrationsPerNode { get; init; }

    /// <summary>The components' nodes; empty: wherever the scheduler puts them.</summary>
    public IReadOnlyList<string> ComponentNodes { get; init; } = [];

    /// <summary>How long a target takes from hand-over to ready.</summary>
    public TimeSpan TargetPreparation { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Off for very large clusters: leases and heartbeats are written once.</summary>
    public bool Heartbeats { get; init; } = true;

    /// <summary>Whether components write Event objects.</summary>
    public bool Events { get; init; } = true;

    public TimeSpan HeartbeatPeriod { get; init; } = TimeSpan.FromMinutes(1);

    public string ControllerUser => $"system:serviceaccount:{Namespace}:kubevirt-controller";

    public string ApiUser => $"system:serviceaccount:{Namespace}:kubevirt-apiserver";

    public string HandlerUser => $"system:serviceaccount:{Namespace}:kubevirt-handler";

    public string OperatorUser => $"system:serviceaccount:{Namespace}:kubevirt-operator";
}
