namespace VmNodeOps.Cluster;

/// <summary>Leases.</summary>
public interface ILeases : IClusterReader<Lease>
{
    /// <summary>Makes a lease. Sent once and never repeated.</summary>
    /// <param name="lease">The lease; UID and resource version are the server's to give.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <exception cref="ClusterException">Refused; with <see cref="ClusterErrorCause.AlreadyExists"/> if there is one.</exception>
    Task<Lease> CreateAsync(LeaseDraft lease, CancellationToken cancellationToken = default);

    /// <summary>Replaces a lease, provided that it is still at the version that was read. Sent once and never repeated.</summary>
    /// <param name="lease">The lease as it is to be, with the UID and resource version that were read.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <exception cref="ClusterException">Refused; with <see cref="ClusterErrorCause.Conflict"/> if somebody changed it meanwhile.</exception>
    Task<Lease> ReplaceAsync(Lease lease, CancellationToken cancellationToken = default);

    /// <summary>Deletes a lease. Sent once and never repeated.</summary>
    /// <exception cref="ClusterException">The server refused, or could not be asked.</exception>
    Task DeleteAsync(ObjectIdentity lease, DeletionOptions? options = null, CancellationToken cancellationToken = default);
}

/// <summary>A lease to be made.</summary>
public sealed record LeaseDraft
{
    /// <summary>Its name and namespace.</summary>
    public required ObjectName Name { get; init; }

    /// <summary>Who holds it.</summary>
    public required string HolderIdentity { get; init; }

    /// <summary>How long it holds after a renewal; whole seconds.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>When it is taken, by the server's clock.</summary>
    public required DateTimeOffset AcquiredAt { get; init; }

    /// <summary>The objects that own it: it is collected when they are gone. Default none.</summary>
    public IReadOnlyList<Owner> Owners { get; init; } = [];

    /// <summary>Labels. Default none.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
