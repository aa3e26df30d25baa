namespace VmNodeOps.Cluster;

/// <summary>Kubernetes Events.</summary>
public interface IClusterEvents : IClusterReader<ClusterEvent>
{
    /// <summary>Says something about an object. Sent once and never repeated.</summary>
    /// <remarks>An event about a cluster-wide object lives in the namespace <c>default</c>, as Kubernetes' own do.</remarks>
    /// <exception cref="ClusterException">The server refused, or could not be asked.</exception>
    Task CreateAsync(EventDraft draft, CancellationToken cancellationToken = default);
}

/// <summary>An Event to be made.</summary>
public sealed record EventDraft
{
    /// <summary>The object that it is about.</summary>
    public required ObjectReference Regarding { get; init; }

    /// <summary>One word, in CamelCase.</summary>
    public required string Reason { get; init; }

    /// <summary>A sentence; the server takes up to 1,024 characters, more are cut.</summary>
    public required string Message { get; init; }

    /// <summary>Whether it warns. Default false.</summary>
    public bool IsWarning { get; init; }
}
