using System.Collections.Concurrent;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Lets the plans of several nodes, made at the same time, share what they would each read alike: lists of the whole cluster or of a namespace.</summary>
/// <remarks>A list of one node's objects is nobody else's and passes through. Runs share nothing: they read anew.</remarks>
internal sealed class SharedListings
{
    private readonly ConcurrentDictionary<(Type, Selection), object> _lists = [];

    /// <summary>The noun, with its lists shared.</summary>
    public IClusterReader<T> Of<T>(IClusterReader<T> reader)
        where T : ClusterObject => new Shared<T>(this, reader);

    private sealed class Shared<T>(SharedListings listings, IClusterReader<T> reader) : IClusterReader<T>
        where T : ClusterObject
    {
        public Task<T?> FindAsync(ObjectName name, CancellationToken cancellationToken = default) => reader.FindAsync(name, cancellationToken);

        public Task<Snapshot<T>> ListAsync(Selection selection, CancellationToken cancellationToken = default)
        {
            if (selection.NodeName is not null)
            {
                return reader.ListAsync(selection, cancellationToken);
            }

            var list = (Lazy<Task<Snapshot<T>>>)listings._lists.GetOrAdd(
                (typeof(T), selection), _ => new Lazy<Task<Snapshot<T>>>(() => reader.ListAsync(selection, cancellationToken)));
            return list.Value.WaitAsync(cancellationToken);
        }

        public IAsyncEnumerable<WatchEvent<T>> WatchAsync(Selection selection, Snapshot<T>? from = null, CancellationToken cancellationToken = default) =>
            reader.WatchAsync(selection, from, cancellationToken);
    }
}
