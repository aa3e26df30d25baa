namespace VmNodeOps.Kubernetes.Transport;

/// <summary>One request, made by <see cref="ResourcePath"/> and sent by <see cref="ApiGateway"/>.</summary>
internal sealed record ApiRequest
{
    public required HttpMethod Method { get; init; }

    /// <summary>Path and query, escaped already.</summary>
    public required string Target { get; init; }

    /// <summary>What is wanted, for messages: <c>evict pod default/web-1</c>.</summary>
    public required string What { get; init; }

    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>Reads are repeated after trouble that may pass; everything else is sent once.</summary>
    public bool IsRead { get; init; }

    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Whether a 404 that is no Status means that KubeVirt is missing, rather than Kubernetes.</summary>
    public bool IsOfKubeVirt { get; init; }
}
