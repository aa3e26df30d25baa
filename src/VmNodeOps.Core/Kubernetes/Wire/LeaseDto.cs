namespace VmNodeOps.Kubernetes.Wire;

internal sealed class LeaseDto : IObjectDto
{
    public MetadataDto? Metadata { get; set; }

    public LeaseSpecDto? Spec { get; set; }
}

internal sealed class LeaseSpecDto
{
    public string? HolderIdentity { get; set; }

    public int? LeaseDurationSeconds { get; set; }

    public DateTimeOffset? AcquireTime { get; set; }

    public DateTimeOffset? RenewTime { get; set; }

    public int? LeaseTransitions { get; set; }
}

internal sealed class EventDto : IObjectDto
{
    public MetadataDto? Metadata { get; set; }

    public ObjectReferenceDto? InvolvedObject { get; set; }

    public string? Type { get; set; }

    public string? Reason { get; set; }

    public string? Message { get; set; }

    public EventSourceDto? Source { get; set; }

    public string? ReportingComponent { get; set; }

    public int? Count { get; set; }

    public EventSeriesDto? Series { get; set; }

    public DateTimeOffset? LastTimestamp { get; set; }

    public DateTimeOffset? EventTime { get; set; }
}

internal sealed class ObjectReferenceDto
{
    public string? ApiVersion { get; set; }

    public string? Kind { get; set; }

    public string? Namespace { get; set; }

    public string? Name { get; set; }

    public string? Uid { get; set; }
}

internal sealed class EventSourceDto
{
    public string? Component { get; set; }
}

internal sealed class EventSeriesDto
{
    public int? Count { get; set; }

    public DateTimeOffset? LastObservedTime { get; set; }
}
