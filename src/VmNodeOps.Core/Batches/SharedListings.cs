using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Lets the plans of several nodes, made at the same time, share what they would each read alike: lists of the whole cluster or of a namespace.</summary>
/// <remarks>
/// A list that the server narrows down to one node's objects is nobody else's and passes through. Attachments it cannot narrow down: every node would page through all of them, so they are read once
/// and sifted here. Of a list that is read in pages, each page is read once. Runs read anew, what they ask for at the same time together: <see cref="JoinedListings{T}"/>.
/// </remarks>
internal sealed class SharedListings(IClusterClient cluster) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(Type, Selection), object> _lists = [];
    private readonly ConcurrentDictionary<(Type, Selection), IAsyncDisposable> _pages = [];
    private Lazy<Task<RemediationListing>>? _remediations;

    /// <summary>For the runs that follow the plans.</summary>
    public JoinedReads OfRuns { get; } = new(cluster);

    /// <summary>The noun, with its lists shared.</summary>
    public IClusterReader<T> Of<T>(IClusterReader<T> reader)
        where T : ClusterObject => new Shared<T>(this, reader, nodeOf: null);

    /// <summary>A noun of which the server cannot select one node's objects, with its lists shared.</summary>
    public IClusterReader<T> Of<T>(IClusterReader<T> reader, Func<T, string> nodeOf)
        where T : ClusterObject => new Shared<T>(this, reader, nodeOf);

    /// <summary>What remediation operators do, read once.</summary>
    public IRemediations Of(IRemediations remediations) => new SharedRemediations(this, remediations);

    /// <summary>Ends the readings that nobody read to their end. The runs' own go on.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var pages in _pages.Values)
        {
            await pages.DisposeAsync().ConfigureAwait(false);
        }
    }

    private sealed class Shared<T>(SharedListings listings, IClusterReader<T> reader, Func<T, string>? nodeOf) : IClusterReader<T>
        where T : ClusterObject
    {
        public Task<T?> FindAsync(ObjectName name, CancellationToken cancellationToken = default) => reader.FindAsync(name, cancellationToken);

        public async Task<Snapshot<T>> ListAsync(Selection selection, CancellationToken cancellationToken = default)
        {
            if (selection.NodeName is not { } node)
            {
                return await ListSharedAsync(selection, cancellationToken).ConfigureAwait(false);
            }

            if (nodeOf is null)
            {
                return await reader.ListAsync(selection, cancellationToken).ConfigureAwait(false);
            }

            var all = await ListSharedAsync(selection with { NodeName = null }, cancellationToken).ConfigureAwait(false);
            return all with { Items = [.. all.Items.Where(item => nodeOf(item) == node)] };
        }

        public async IAsyncEnumerable<Page<T>> ListPagesAsync(
            Selection selection, int? firstPageSize = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            // What is there as a whole, or is on its way, is not asked for again in pages.
            var key = (typeof(T), selection);
            if (selection.NodeName is not null || listings._lists.ContainsKey(key))
            {
                yield return new Page<T> { Items = (await ListAsync(selection, cancellationToken).ConfigureAwait(false)).Items, IsLast = true };
                yield break;
            }

            var pages = (SharedPages<T>)listings._pages.GetOrAdd(key, _ => new SharedPages<T>(() => reader.ListPagesAsync(selection, firstPageSize, cancellationToken)));
            for (var index = 0; await pages.FindAsync(index).WaitAsync(cancellationToken).ConfigureAwait(false) is { } page; index++)
            {
                yield return page;
            }
        }

        public IAsyncEnumerable<WatchEvent<T>> WatchAsync(Selection selection, Snapshot<T>? from = null, CancellationToken cancellationToken = default) =>
            reader.WatchAsync(selection, from, cancellationToken);

        private Task<Snapshot<T>> ListSharedAsync(Selection selection, CancellationToken cancellationToken)
        {
            var list = (Lazy<Task<Snapshot<T>>>)listings._lists.GetOrAdd(
                (typeof(T), selection), _ => new Lazy<Task<Snapshot<T>>>(() => reader.ListAsync(selection, cancellationToken)));
            return list.Value.WaitAsync(cancellationToken);
        }
    }

    private sealed class SharedRemediations(SharedListings listings, IRemediations remediations) : IRemediations
    {
        public Task<RemediationListing> ListAsync(CancellationToken cancellationToken = default)
        {
            var list = new Lazy<Task<RemediationListing>>(() => remediations.ListAsync(cancellationToken));
            return (Interlocked.CompareExchange(ref listings._remediations, list, null) ?? list).Value.WaitAsync(cancellationToken);
        }
    }
}
