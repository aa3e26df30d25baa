namespace VmNodeOps.Kubernetes.Wire;

internal sealed class NodeDto : IObjectDto
{
    public MetadataDto? Metadata { get; set; }

    public NodeSpecDto? Spec { get; set; }

    public NodeStatusDto? Status { get; set; }
}

internal sealed class NodeSpecDto
{
    public bool? Unschedulable { get; set; }

    public List<TaintDto>? Taints { get; set; }
}

internal sealed class TaintDto
{
    public string? Key { get; set; }

    public string? Value { get; set; }

    public string? Effect { get; set; }

    public DateTimeOffset? TimeAdded { get; set; }
}

internal sealed class NodeStatusDto
{
    public List<ConditionDto>? Conditions { get; set; }

    public NodeInfoDto? NodeInfo { get; set; }

    public Dictionary<string, string?>? Allocatable { get; set; }

    public List<string>? VolumesInUse { get; set; }
}

internal sealed class NodeInfoDto
{
    public string? BootID { get; set; }

    public string? KubeletVersion { get; set; }
}
