namespace VmNodeOps.Cluster;

/// <summary>A Kubernetes Event: something that a component says about an object.</summary>
public sealed record ClusterEvent : ClusterObject
{
    /// <summary>The object that it is about.</summary>
    public required ObjectReference Regarding { get; init; }

    /// <summary>Whether it warns. Default false: normal.</summary>
    public bool IsWarning { get; init; }

    /// <summary>One word: <c>FailedAttachVolume</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>A sentence. Default empty.</summary>
    public string Message { get; init; } = "";

    /// <summary>The component that says it. Default empty.</summary>
    public string ReportedBy { get; init; } = "";

    /// <summary>How often it was said. Default 1.</summary>
    public int Count { get; init; } = 1;

    /// <summary>When it was last said.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }
}

/// <summary>Points at an object of any kind.</summary>
public sealed record ObjectReference
{
    /// <summary>Group and version: <c>v1</c>, <c>kubevirt.io/v1</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The kind: <c>Node</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its name and namespace.</summary>
    public required ObjectName Name { get; init; }

    /// <summary>Its UID. Default empty: not told.</summary>
    public string Uid { get; init; } = "";
}
