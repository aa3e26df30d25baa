namespace VmNodeOps.Cluster;

/// <summary>KubeVirt's live migrations.</summary>
public interface IMigrations : IClusterReader<Migration>
{
    /// <summary>Asks for a migration. Sent once and never repeated. Unknown fields are refused by the server (<c>fieldValidation=Strict</c>), so that an older KubeVirt does not move the machine anywhere.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="addedNodeSelector">Labels that the target must have in addition; null or empty for none.</param>
    /// <param name="options">How to write; default: for real.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <returns>The migration object, whose name the server made.</returns>
    /// <exception cref="ClusterException">Refused: not migratable, finished, or one under way already.</exception>
    Task<Migration> CreateAsync(
        ObjectName instance, IReadOnlyDictionary<string, string>? addedNodeSelector = null, WriteOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a migration object, which aborts the migration if it is not over. Sent once and never repeated.</summary>
    /// <exception cref="ClusterException">The server refused, or could not be asked.</exception>
    Task DeleteAsync(ObjectIdentity migration, DeletionOptions? options = null, CancellationToken cancellationToken = default);
}
