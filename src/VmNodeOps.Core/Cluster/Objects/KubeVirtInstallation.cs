namespace VmNodeOps.Cluster;

/// <summary>An installation of KubeVirt: the <c>KubeVirt</c> resource. Its namespace is where virt-api and virt-controller live.</summary>
public sealed record KubeVirtInstallation : ClusterObject
{
    /// <summary>The operator's word for its state: <c>Deployed</c>. Default empty.</summary>
    public string Phase { get; init; } = "";

    /// <summary>The version that runs: <c>v1.9.0</c>. Default empty.</summary>
    public string Version { get; init; } = "";

    /// <summary>The cluster's default for instances that name none; null means KubeVirt's built-in default, none.</summary>
    public EvictionStrategy? EvictionStrategy { get; init; }

    /// <summary>Migrations at a time in the cluster. Default 5, as in KubeVirt.</summary>
    public int ParallelMigrationsPerCluster { get; init; } = 5;

    /// <summary>Migrations at a time away from one node. Default 2, as in KubeVirt.</summary>
    public int ParallelOutboundMigrationsPerNode { get; init; } = 2;

    /// <summary>The taint key by which a node is evacuated without evictions. Default <c>kubevirt.io/drain</c>, as in KubeVirt.</summary>
    public string NodeDrainTaintKey { get; init; } = "kubevirt.io/drain";
}
