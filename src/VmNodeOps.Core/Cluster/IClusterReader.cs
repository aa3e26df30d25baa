using System.Runtime.CompilerServices;

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

    /// <summary>Reads the selected objects page by page, for a caller that may have enough before the last.</summary>
    /// <param name="selection">What to read.</param>
    /// <param name="firstPageSize">
    /// How many objects to ask for at first, if that is fewer than a page has otherwise; the pages after it have their usual size. Default null: the first one too. A reader that
    /// has more at hand may give more.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// Pages of one moment. The next is asked for only when the caller wants it: whoever leaves the loop asks for no more. When the server no longer has that moment (410), everything
    /// is read again, and the page with which that begins says so (<see cref="Page{T}.BeginsAnew"/>). A reader that does not implement this gives all of
    /// <see cref="ListAsync"/> as one page.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The size of the first page is not positive.</exception>
    /// <exception cref="ClusterException">The server refused, or could not be asked.</exception>
    async IAsyncEnumerable<Page<T>> ListPagesAsync(
        Selection selection, int? firstPageSize = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var all = await ListAsync(selection, cancellationToken).ConfigureAwait(false);
        yield return new Page<T> { Items = all.Items, IsLast = true };
    }

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
