namespace VmNodeOps.Kubernetes.Wire;

internal sealed class NodeDto : IObjectDto
{
    public MetadataDto? Metadata { get; init; }

    public NodeSpecDto? Spec { get; init; }

    public NodeStatusDto? Status { get; init; }
}

internal sealed class NodeSpecDto
{
    public bool? Unschedulable { get; init; }

    public List<TaintDto>? Taints { get; init; }
}

internal sealed class TaintDto
{
    public string? Key { get; init; }

    public string? Value { get; init; }

    public string? Effect { get; init; }

    public DateTimeOffset? TimeAdded { get; init; }
}

internal sealed class NodeStatusDto
{
    public List<ConditionDto>? Conditions { get; init; }

    public NodeInfoDto? NodeInfo { get; init; }

    public Dictionary<string, string?>? Allocatable { get; init; }

    public List<string>? VolumesInUse { get; init; }
}

internal sealed class NodeInfoDto
{
    public string? BootID { get; init; }

    public string? KubeletVersion { get; init; }
}
