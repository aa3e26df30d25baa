namespace VmNodeOps.Cluster;

/// <summary>What a server says with a refusal: the <c>Status</c> object of the Kubernetes API.</summary>
public sealed record ServerStatus
{
    /// <summary>The HTTP status code.</summary>
    public required int Code { get; init; }

    /// <summary>One word: <c>NotFound</c>, <c>TooManyRequests</c>. Default empty: KubeVirt's own refusals carry none.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The server's sentence. Default empty.</summary>
    public string Message { get; init; } = "";

    /// <summary>Details by cause, for example of a disruption budget. Default none.</summary>
    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    /// <summary>How long the server asks to wait, from its Retry-After header or the status' details; null if it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>One cause in a <see cref="ServerStatus"/>.</summary>
public sealed record StatusCause
{
    /// <summary>One word: <c>DisruptionBudget</c>, <c>NamespaceTerminating</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>The server's sentence. Default empty.</summary>
    public string Message { get; init; } = "";

    /// <summary>The field concerned. Default empty.</summary>
    public string Field { get; init; } = "";
}
