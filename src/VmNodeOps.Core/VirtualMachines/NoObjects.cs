using System.Runtime.CompilerServices;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>A noun of which there is nothing and never will be: KubeVirt's, in a cluster that does not serve its API.</summary>
internal sealed class NoObjects<T> : IClusterReader<T>
    where T : ClusterObject
{
    public static IClusterReader<T> Reader { get; } = new NoObjects<T>();

    public Task<T?> FindAsync(ObjectName name, CancellationToken cancellationToken = default) => Task.FromResult<T?>(null);

    public Task<Snapshot<T>> ListAsync(Selection selection, CancellationToken cancellationToken = default) =>
        Task.FromResult(new Snapshot<T> { Items = [], ResourceVersion = "" });

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync(
        Selection selection, Snapshot<T>? from = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return new WatchEvent<T> { Kind = WatchEventKind.Synchronized };
        var cancelled = new TaskCompletionSource();
        await using (cancellationToken.Register(() => cancelled.TrySetCanceled(cancellationToken)).ConfigureAwait(false))
        {
            await cancelled.Task.ConfigureAwait(false);
        }
    }
}
