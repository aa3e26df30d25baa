namespace VmNodeOps.Cluster;

/// <summary>Questions about one's own rights.</summary>
public interface IAccessReviews
{
    /// <summary>Asks whether the caller may do something (<c>SelfSubjectAccessReview</c>); changes nothing.</summary>
    /// <exception cref="ClusterException">The server could not be asked.</exception>
    Task<AccessAnswer> ReviewAsync(AccessQuestion question, CancellationToken cancellationToken = default);
}

/// <summary>A right.</summary>
public sealed record AccessQuestion
{
    /// <summary><c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>patch</c>, <c>update</c>, <c>delete</c>.</summary>
    public required string Verb { get; init; }

    /// <summary>The API group; empty for the core group.</summary>
    public required string Group { get; init; }

    /// <summary>The plural: <c>pods</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>The subresource: <c>eviction</c>. Default empty.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>The namespace; null for all, and for cluster-wide resources.</summary>
    public string? Namespace { get; init; }

    /// <summary>One object's name; null for any.</summary>
    public string? Name { get; init; }
}

/// <summary>The answer to an <see cref="AccessQuestion"/>.</summary>
public sealed record AccessAnswer
{
    /// <summary>Whether it is allowed.</summary>
    public required bool Allowed { get; init; }

    /// <summary>The server's word why. Default empty.</summary>
    public string Reason { get; init; } = "";
}
