namespace VmNodeOps.Kubernetes.Wire;

/// <summary>What every object carries. Of each object only what the port tells is read; the rest is skipped over.</summary>
internal interface IObjectDto
{
    MetadataDto? Metadata { get; }
}

internal sealed class MetadataDto
{
    public string? Name { get; set; }

    public string? Namespace { get; set; }

    public string? Uid { get; set; }

    public string? ResourceVersion { get; set; }

    public long? Generation { get; set; }

    public DateTimeOffset? CreationTimestamp { get; set; }

    public DateTimeOffset? DeletionTimestamp { get; set; }

    public Dictionary<string, string?>? Labels { get; set; }

    public Dictionary<string, string?>? Annotations { get; set; }

    public List<string>? Finalizers { get; set; }

    public List<OwnerDto>? OwnerReferences { get; set; }
}

internal sealed class OwnerDto
{
    public string? ApiVersion { get; set; }

    public string? Kind { get; set; }

    public string? Name { get; set; }

    public string? Uid { get; set; }

    public bool? Controller { get; set; }
}

internal sealed class ConditionDto
{
    public string? Type { get; set; }

    public string? Status { get; set; }

    public string? Reason { get; set; }

    public string? Message { get; set; }

    public DateTimeOffset? LastTransitionTime { get; set; }

    public DateTimeOffset? LastHeartbeatTime { get; set; }
}

/// <summary>The body of a bookmark: nothing but metadata means anything in it.</summary>
internal sealed class BookmarkDto : IObjectDto
{
    public MetadataDto? Metadata { get; set; }
}
