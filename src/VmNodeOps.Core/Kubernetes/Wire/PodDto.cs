namespace VmNodeOps.Kubernetes.Wire;

internal sealed class PodDto : IObjectDto
{
    public MetadataDto? Metadata { get; set; }

    public PodSpecDto? Spec { get; set; }

    public PodStatusDto? Status { get; set; }
}

internal sealed class PodSpecDto
{
    public string? NodeName { get; set; }

    public List<PodVolumeDto>? Volumes { get; set; }

    public List<ContainerDto>? Containers { get; set; }

    public List<ContainerDto>? InitContainers { get; set; }

    public Dictionary<string, string?>? Overhead { get; set; }

    public ResourcesDto? Resources { get; set; }

    public long? TerminationGracePeriodSeconds { get; set; }

    public string? PriorityClassName { get; set; }

    public int? Priority { get; set; }

    public Dictionary<string, string?>? NodeSelector { get; set; }

    public AffinityDto? Affinity { get; set; }

    public List<TolerationDto>? Tolerations { get; set; }
}

internal sealed class AffinityDto
{
    public NodeAffinityDto? NodeAffinity { get; set; }
}

internal sealed class NodeAffinityDto
{
    public RequiredNodesDto? RequiredDuringSchedulingIgnoredDuringExecution { get; set; }
}

internal sealed class RequiredNodesDto
{
    public List<NodeTermDto>? NodeSelectorTerms { get; set; }
}

internal sealed class NodeTermDto
{
    public List<NodeRequirementDto>? MatchExpressions { get; set; }

    public List<NodeRequirementDto>? MatchFields { get; set; }
}

internal sealed class NodeRequirementDto
{
    public string? Key { get; set; }

    public string? Operator { get; set; }

    public List<string>? Values { get; set; }
}

internal sealed class TolerationDto
{
    public string? Key { get; set; }

    public string? Operator { get; set; }

    public string? Value { get; set; }

    public string? Effect { get; set; }

    public long? TolerationSeconds { get; set; }
}

internal sealed class PodVolumeDto
{
    public string? Name { get; set; }

    public ClaimSourceDto? PersistentVolumeClaim { get; set; }

    public PresenceDto? EmptyDir { get; set; }

    public PresenceDto? Ephemeral { get; set; }
}

internal sealed class ClaimSourceDto
{
    public string? ClaimName { get; set; }
}

/// <summary>Something whose presence is all that matters.</summary>
internal sealed class PresenceDto;

internal sealed class ContainerDto
{
    public ResourcesDto? Resources { get; set; }

    public string? RestartPolicy { get; set; }
}

internal sealed class ResourcesDto
{
    public Dictionary<string, string?>? Requests { get; set; }
}

internal sealed class PodStatusDto
{
    public string? Phase { get; set; }

    public List<ConditionDto>? Conditions { get; set; }
}
