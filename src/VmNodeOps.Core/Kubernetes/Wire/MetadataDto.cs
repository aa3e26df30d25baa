namespace VmNodeOps.Kubernetes.Wire;

/// <summary>What every object carries. Of each object only what the port tells is read; the rest is skipped over.</summary>
internal interface IObjectDto
{
    MetadataDto? Metadata { get; }
}

internal sealed class MetadataDto
{
    public string? Name { get; init; }

    public string? Namespace { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public long? Generation { get; init; }

    public DateTimeOffset? CreationTimestamp { get; init; }

    public DateTimeOffset? DeletionTimestamp { get; init; }

    public Dictionary<string, string?>? Labels { get; init; }

    public Dictionary<string, string?>? Annotations { get; init; }

    public List<string>? Finalizers { get; init; }

    public List<OwnerDto>? OwnerReferences { get; init; }
}

internal sealed class OwnerDto
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public string? Name { get; init; }

    public string? Uid { get; init; }

    public bool? Controller { get; init; }
}

internal sealed class ConditionDto
{
    public string? Type { get; init; }

    public string? Status { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public DateTimeOffset? LastTransitionTime { get; init; }

    public DateTimeOffset? LastHeartbeatTime { get; init; }
}

/// <summary>The body of a bookmark: nothing but metadata means anything in it.</summary>
internal sealed class BookmarkDto : IObjectDto
{
    public MetadataDto? Metadata { get; init; }
}
