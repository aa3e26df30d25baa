namespace VmNodeOps.Kubernetes.Wire;

internal sealed class KubeVirtDto : IObjectDto
{
    public MetadataDto? Metadata { get; set; }

    public KubeVirtSpecDto? Spec { get; set; }

    public KubeVirtStatusDto? Status { get; set; }
}

internal sealed class KubeVirtSpecDto
{
    public KubeVirtConfigurationDto? Configuration { get; set; }
}

internal sealed class KubeVirtConfigurationDto
{
    public string? EvictionStrategy { get; set; }

    public KubeVirtMigrationsDto? Migrations { get; set; }
}

internal sealed class KubeVirtMigrationsDto
{
    public int? ParallelMigrationsPerCluster { get; set; }

    public int? ParallelOutboundMigrationsPerNode { get; set; }

    public string? NodeDrainTaintKey { get; set; }
}

internal sealed class KubeVirtStatusDto
{
    public string? Phase { get; set; }

    public string? ObservedKubeVirtVersion { get; set; }

    public string? TargetKubeVirtVersion { get; set; }
}
