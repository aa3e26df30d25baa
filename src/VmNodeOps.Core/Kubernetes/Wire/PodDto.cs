namespace VmNodeOps.Kubernetes.Wire;

internal sealed class PodDto : IObjectDto
{
    public MetadataDto? Metadata { get; init; }

    public PodSpecDto? Spec { get; init; }

    public PodStatusDto? Status { get; init; }
}

internal sealed class PodSpecDto
{
    public string? NodeName { get; init; }

    public List<PodVolumeDto>? Volumes { get; init; }

    public List<ContainerDto>? Containers { get; init; }

    public List<ContainerDto>? InitContainers { get; init; }

    public Dictionary<string, string?>? Overhead { get; init; }

    public ResourcesDto? Resources { get; init; }

    public long? TerminationGracePeriodSeconds { get; init; }

    public string? PriorityClassName { get; init; }

    public int? Priority { get; init; }

    public Dictionary<string, string?>? NodeSelector { get; init; }

    public AffinityDto? Affinity { get; init; }

    public List<TolerationDto>? Tolerations { get; init; }
}

internal sealed class AffinityDto
{
    public NodeAffinityDto? NodeAffinity { get; init; }
}

internal sealed class NodeAffinityDto
{
    public RequiredNodesDto? RequiredDuringSchedulingIgnoredDuringExecution { get; init; }
}

internal sealed class RequiredNodesDto
{
    public List<NodeTermDto>? NodeSelectorTerms { get; init; }
}

internal sealed class NodeTermDto
{
    public List<NodeRequirementDto>? MatchExpressions { get; init; }

    public List<NodeRequirementDto>? MatchFields { get; init; }
}

internal sealed class NodeRequirementDto
{
    public string? Key { get; init; }

    public string? Operator { get; init; }

    public List<string>? Values { get; init; }
}

internal sealed class TolerationDto
{
    public string? Key { get; init; }

    public string? Operator { get; init; }

    public string? Value { get; init; }

    public string? Effect { get; init; }

    public long? TolerationSeconds { get; init; }
}

internal sealed class PodVolumeDto
{
    public string? Name { get; init; }

    public ClaimSourceDto? PersistentVolumeClaim { get; init; }

    public PresenceDto? EmptyDir { get; init; }

    public PresenceDto? Ephemeral { get; init; }
}

internal sealed class ClaimSourceDto
{
    public string? ClaimName { get; init; }
}

/// <summary>Something whose presence is all that matters.</summary>
internal sealed class PresenceDto;

internal sealed class ContainerDto
{
    public ResourcesDto? Resources { get; init; }

    public string? RestartPolicy { get; init; }
}

internal sealed class ResourcesDto
{
    public Dictionary<string, string?>? Requests { get; init; }
}

internal sealed class PodStatusDto
{
    public string? Phase { get; init; }

    public List<ConditionDto>? Conditions { get; init; }
}
