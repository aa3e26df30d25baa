namespace VmNodeOps;

/// <summary>How KubeVirt's own control plane is restored.</summary>
public sealed record RestoreKubeVirtOptions
{
    /// <summary>Which replicas of virt-api and virt-controller are removed.</summary>
    /// <value><see cref="KubeVirtReplicaScope.FailedNode"/>.</value>
    public KubeVirtReplicaScope Scope { get; init; } = KubeVirtReplicaScope.FailedNode;
}

/// <summary>Which replicas of KubeVirt's control plane are removed in a recovery.</summary>
public enum KubeVirtReplicaScope
{
    /// <summary>Those on the failed node. The others serve on.</summary>
    FailedNode,

    /// <summary>
    /// All of them, on every node. Nothing can be started, stopped or migrated until new ones are ready; healthy replicas are given up for no gain unless they
    /// hang. It is the only case in which something of another node is removed.
    /// </summary>
    AllReplicas,
}
