namespace VmNodeOps.Cluster;

/// <summary>The server itself.</summary>
public interface IServer
{
    /// <summary>The time by the server's clock, to about a second: from the Date header of its latest answer, and what has passed since.</summary>
    /// <remarks>Ages of leases, heartbeats and deletions are judged by it, because other machines wrote them and the local clock may be off.</remarks>
    /// <exception cref="ClusterException">It was never heard, and cannot be asked now.</exception>
    ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken = default);

    /// <summary>The Kubernetes version.</summary>
    /// <exception cref="ClusterException">The server could not be asked, or is none of Kubernetes.</exception>
    Task<ServerVersion> GetVersionAsync(CancellationToken cancellationToken = default);
}

/// <summary>A version of Kubernetes.</summary>
public sealed record ServerVersion
{
    /// <summary>As the server says it: <c>v1.28.8</c>.</summary>
    public required string Text { get; init; }

    /// <summary>1.</summary>
    public required int Major { get; init; }

    /// <summary>28.</summary>
    public required int Minor { get; init; }
}
