namespace VmNodeOps.Kubernetes.Wire;

internal sealed class LeaseDto : IObjectDto
{
    public MetadataDto? Metadata { get; init; }

    public LeaseSpecDto? Spec { get; init; }
}

internal sealed class LeaseSpecDto
{
    public string? HolderIdentity { get; init; }

    public int? LeaseDurationSeconds { get; init; }

    public DateTimeOffset? AcquireTime { get; init; }

    public DateTimeOffset? RenewTime { get; init; }

    public int? LeaseTransitions { get; init; }
}

internal sealed class EventDto : IObjectDto
{
    public MetadataDto? Metadata { get; init; }

    public ObjectReferenceDto? InvolvedObject { get; init; }

    public string? Type { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public EventSourceDto? Source { get; init; }

    public string? ReportingComponent { get; init; }

    public int? Count { get; init; }

    public EventSeriesDto? Series { get; init; }

    public DateTimeOffset? LastTimestamp { get; init; }

    public DateTimeOffset? EventTime { get; init; }
}

internal sealed class ObjectReferenceDto
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public string? Namespace { get; init; }

    public string? Name { get; init; }

    public string? Uid { get; init; }
}

internal sealed class EventSourceDto
{
    public string? Component { get; init; }
}

internal sealed class EventSeriesDto
{
    public int? Count { get; init; }

    public DateTimeOffset? LastObservedTime { get; init; }
}
