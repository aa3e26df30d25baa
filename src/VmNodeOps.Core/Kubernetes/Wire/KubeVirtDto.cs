namespace VmNodeOps.Kubernetes.Wire;

internal sealed class KubeVirtDto : IObjectDto
{
    public MetadataDto? Metadata { get; init; }

    public KubeVirtSpecDto? Spec { get; init; }

    public KubeVirtStatusDto? Status { get; init; }
}

internal sealed class KubeVirtSpecDto
{
    public KubeVirtConfigurationDto? Configuration { get; init; }
}

internal sealed class KubeVirtConfigurationDto
{
    public string? EvictionStrategy { get; init; }

    public KubeVirtMigrationsDto? Migrations { get; init; }
}

internal sealed class KubeVirtMigrationsDto
{
    public int? ParallelMigrationsPerCluster { get; init; }

    public int? ParallelOutboundMigrationsPerNode { get; init; }

    public string? NodeDrainTaintKey { get; init; }
}

internal sealed class KubeVirtStatusDto
{
    public string? Phase { get; init; }

    public string? ObservedKubeVirtVersion { get; init; }

    public string? TargetKubeVirtVersion { get; init; }
}
