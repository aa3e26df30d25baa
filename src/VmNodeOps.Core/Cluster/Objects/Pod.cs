namespace VmNodeOps.Cluster;

/// <summary>A pod, with what maintenance looks at.</summary>
public sealed record Pod : ClusterObject
{
    /// <summary>The node that it is bound to; null while unscheduled.</summary>
    public string? NodeName { get; init; }

    /// <summary>Where in its life it is. Default <see cref="PodPhase.Unknown"/>.</summary>
    public PodPhase Phase { get; init; } = PodPhase.Unknown;

    /// <summary>Conditions. Default none.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    /// <summary>Names of the claims that it mounts, in its own namespace. Default none.</summary>
    public IReadOnlyList<string> PersistentVolumeClaims { get; init; } = [];

    /// <summary>Whether it has an emptyDir volume, whose content goes with the pod. Default false.</summary>
    public bool HasEmptyDir { get; init; }

    /// <summary>The time it is given to stop. Default 30 s, as in Kubernetes.</summary>
    public TimeSpan TerminationGracePeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Its priority class. Default empty.</summary>
    public string PriorityClassName { get; init; } = "";

    /// <summary>What it requests, summed over its containers as the scheduler sums, as quantities by resource name. Default empty.</summary>
    public IReadOnlyDictionary<string, string> Requests { get; init; } = EmptyMap;

    /// <summary>Whether its containers have all ended for good.</summary>
    public bool IsFinished => Phase is PodPhase.Succeeded or PodPhase.Failed;

    /// <summary>Whether it counts as ready.</summary>
    public bool IsReady => Conditions.Any(condition => condition is { Type: "Ready", Status: ConditionStatus.True });

    /// <summary>Whether the kubelet runs it from a file of the node (a static pod); deleting its object changes nothing.</summary>
    public bool IsMirror => Annotations.ContainsKey("kubernetes.io/config.mirror");
}

/// <summary>The phases of a pod.</summary>
public enum PodPhase
{
    /// <summary>Not told.</summary>
    Unknown,

    /// <summary>Accepted, not all containers started.</summary>
    Pending,

    /// <summary>Bound, at least one container runs.</summary>
    Running,

    /// <summary>All containers ended with success.</summary>
    Succeeded,

    /// <summary>All containers ended, at least one without success.</summary>
    Failed,
}
