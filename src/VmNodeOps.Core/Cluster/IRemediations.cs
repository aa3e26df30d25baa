namespace VmNodeOps.Cluster;

/// <summary>What remediation and maintenance operators do to nodes: resources of theirs that name one.</summary>
public interface IRemediations
{
    /// <summary>Reads every resource of the kinds that are known, as far as the server serves them. Writes nothing.</summary>
    /// <exception cref="ClusterException">The server refused, or could not be asked.</exception>
    Task<RemediationListing> ListAsync(CancellationToken cancellationToken = default);
}

/// <summary>What was found, and what had to be asked for it.</summary>
public sealed record RemediationListing
{
    /// <summary>The resources.</summary>
    public required IReadOnlyList<Remediation> Items { get; init; }

    /// <summary>The rights that the listing needs on this server. Default none: it serves none of the kinds.</summary>
    public IReadOnlyList<AccessQuestion> Rights { get; init; } = [];
}
