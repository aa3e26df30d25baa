namespace VmNodeOps.Cluster;

/// <summary>The reads that every noun has.</summary>
/// <typeparam name="T">The kind of object.</typeparam>
public interface IClusterReader<T>
    where T : ClusterObject
{
    /// <summary>Reads one object.</summary>
    /// <returns>The object, or null if there is none of that name.</returns>
    /// <exception cref="ClusterException">The server refused, or could not be asked.</exception>
    Task<T?> FindAsync(ObjectName name, CancellationToken cancellationToken = default);

    /// <summary>Reads the selected objects at one moment, page by page.</summary>
    /// <returns>The objects ordered by namespace and name, with the moment's resource version.</returns>
    /// <exception cref="ClusterException">The server refused, or could not be asked.</exception>
    Task<Snapshot<T>> ListAsync(Selection selection, CancellationToken cancellationToken = default);

    /// <summary>Follows the selected objects until cancelled, through time-outs, lost connections and expired versions.</summary>
    /// <param name="selection">What to follow. An object that leaves the selection is told as <see cref="WatchEventKind.Deleted"/>.</param>
    /// <param name="from">
    /// Where to begin: the changes after this snapshot are told. Its selection may be narrower than <paramref name="selection"/>; so can the
    /// instances of one node be listed and then followed wherever they go. Without it, the selected objects are told first, each as
    /// <see cref="WatchEventKind.Added"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the watch at once.</param>
    /// <returns>
    /// Events in the server's order. None is lost and none invented: when the server cannot tell what happened since (410), everything is
    /// read again and compared with what was told before, and what has gone meanwhile is told as deleted, with its last known state.
    /// </returns>
    /// <exception cref="ClusterException">The server refused for good (missing rights, unknown resource); everything else is retried.</exception>
    IAsyncEnumerable<WatchEvent<T>> WatchAsync(
        Selection selection, Snapshot<T>? from = null, CancellationToken cancellationToken = default);
}
