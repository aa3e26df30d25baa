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

    /// <summary>Its priority, which the server took from its class when it was made. Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>Taints that it puts up with. Default none.</summary>
    public IReadOnlyList<Toleration> Tolerations { get; init; } = [];

    /// <summary>What it requests, summed over its containers as the scheduler sums, as quantities by resource name. Default empty.</summary>
    public IReadOnlyDictionary<string, string> Requests { get; init; } = EmptyMap;

    /// <summary>Labels that its node must have (<c>spec.nodeSelector</c>). Default none.</summary>
    public IReadOnlyDictionary<string, string> NodeSelector { get; init; } = EmptyMap;

    /// <summary>What its node must be like beside that (required node affinity): one of these terms must hold. Default none: any node will do.</summary>
    public IReadOnlyList<NodeTerm> RequiredNodes { get; init; } = [];

    /// <summary>Whether its containers have all ended for good.</summary>
    public bool IsFinished => Phase is PodPhase.Succeeded or PodPhase.Failed;

    /// <summary>Whether it counts as ready.</summary>
    public bool IsReady => Conditions.Any(condition => condition is { Type: "Ready", Status: ConditionStatus.True });

    /// <summary>Whether the kubelet runs it from a file of the node (a static pod); deleting its object changes nothing.</summary>
    public bool IsMirror => Annotations.ContainsKey("kubernetes.io/config.mirror");
}

/// <summary>What taint a pod puts up with.</summary>
public sealed record Toleration
{
    /// <summary>The taint's key; empty: any. Default empty.</summary>
    public string Key { get; init; } = "";

    /// <summary>Whether the value does not matter (operator <c>Exists</c>). Default false: it must be equal.</summary>
    public bool IsForAnyValue { get; init; }

    /// <summary>The taint's value. Default empty.</summary>
    public string Value { get; init; } = "";

    /// <summary>The taint's effect; empty: any. Default empty.</summary>
    public string Effect { get; init; } = "";

    /// <summary>For how long, for <c>NoExecute</c>; null: for ever. Default null.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Whether a taint is put up with, for whatever time. The rule is that of Kubernetes (core/v1, ToleratesTaint).</summary>
    public bool Tolerates(Taint taint)
    {
        ArgumentNullException.ThrowIfNull(taint);
        return (Effect.Length == 0 || Effect == taint.Effect)
            && (Key.Length == 0 ? IsForAnyValue : Key == taint.Key && (IsForAnyValue || Value == taint.Value));
    }
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
