namespace VmNodeOps.Cluster;

/// <summary>A node, with what maintenance looks at.</summary>
public sealed record Node : ClusterObject
{
    /// <summary>Whether it is cordoned: <c>spec.unschedulable</c>. Default false.</summary>
    public bool Unschedulable { get; init; }

    /// <summary>Taints; the server keeps them as one list that is written as a whole. Default none.</summary>
    public IReadOnlyList<Taint> Taints { get; init; } = [];

    /// <summary>Conditions. Default none.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    /// <summary><c>status.nodeInfo.bootID</c>: changes with each boot. Default empty: the kubelet has not told.</summary>
    public string BootId { get; init; } = "";

    /// <summary>The kubelet's version. Default empty.</summary>
    public string KubeletVersion { get; init; } = "";

    /// <summary>What the scheduler may give away, as quantities by resource name: <c>memory</c> → <c>32Gi</c>. Default empty.</summary>
    public IReadOnlyDictionary<string, string> Allocatable { get; init; } = EmptyMap;

    /// <summary>Volumes that its kubelet says are in use, by the attacher's unique name. Default none.</summary>
    public IReadOnlyList<string> VolumesInUse { get; init; } = [];

    /// <summary>
    /// The Ready condition's status. <see cref="ConditionStatus.Unknown"/> means that the kubelet has not been heard;
    /// <see cref="ConditionStatus.False"/> that it lives and reports trouble. Unknown too while the condition is missing.
    /// </summary>
    public ConditionStatus Ready => Conditions.FirstOrDefault(condition => condition.Type == "Ready")?.Status ?? ConditionStatus.Unknown;

    /// <summary>Whether it carries a control-plane role label.</summary>
    public bool IsControlPlane =>
        Labels.ContainsKey("node-role.kubernetes.io/control-plane") || Labels.ContainsKey("node-role.kubernetes.io/master");
}

/// <summary>A taint of a node.</summary>
public sealed record Taint
{
    /// <summary>The key: <c>node.kubernetes.io/unreachable</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The value. Default empty.</summary>
    public string Value { get; init; } = "";

    /// <summary><c>NoSchedule</c>, <c>PreferNoSchedule</c> or <c>NoExecute</c>.</summary>
    public required string Effect { get; init; }

    /// <summary>When it was added, for NoExecute; null if not told.</summary>
    public DateTimeOffset? AddedAt { get; init; }
}
