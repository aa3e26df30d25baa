using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Lets runs of several nodes that ask for the same list at about the same time share one that is fresh for each of them: it was begun after they had asked.</summary>
/// <typeparam name="T">The kind of object.</typeparam>
/// <param name="reader">The noun.</param>
/// <param name="nodeOf">Where an object of a kind is that no server selects by node, so that each run would page through all of the cluster's; null for other kinds.</param>
internal sealed class JoinedListings<T>(IClusterReader<T> reader, Func<T, string>? nodeOf = null) : IClusterReader<T>
    where T : ClusterObject
{
    private readonly ConcurrentDictionary<Selection, Lane> _lanes = [];

    public Task<T?> FindAsync(ObjectName name, CancellationToken cancellationToken = default) => reader.FindAsync(name, cancellationToken);

    public async Task<Snapshot<T>> ListAsync(Selection selection, CancellationToken cancellationToken = default)
    {
        if (selection.NodeName is { } node && nodeOf is not null)
        {
            var all = await JoinAsync(selection with { NodeName = null }, cancellationToken).ConfigureAwait(false);
            return all with { Items = [.. all.Items.Where(item => nodeOf(item) == node)] };
        }

        return selection.NodeName is null && selection.Name is null
            ? await JoinAsync(selection, cancellationToken).ConfigureAwait(false)
            : await reader.ListAsync(selection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A watch that is to begin with everything begins with a shared list and goes on from there.</summary>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync(
        Selection selection, Snapshot<T>? from = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (from is null)
        {
            from = await TryListAsync(selection, cancellationToken).ConfigureAwait(false);
            foreach (var item in from?.Items ?? [])
            {
                yield return new WatchEvent<T> { Kind = WatchEventKind.Added, Object = item };
            }
        }

        await foreach (var told in reader.WatchAsync(selection, from, cancellationToken).ConfigureAwait(false))
        {
            yield return told;
        }
    }

    /// <returns>Null in trouble: the watch meets it too, tells it and sits it out.</returns>
    private async Task<Snapshot<T>?> TryListAsync(Selection selection, CancellationToken cancellationToken)
    {
        try
        {
            return await ListAsync(selection, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterException)
        {
            return null;
        }
    }

    private Task<Snapshot<T>> JoinAsync(Selection selection, CancellationToken cancellationToken) =>
        _lanes.GetOrAdd(selection, static (selection, reader) => new Lane(() => reader.ListAsync(selection, CancellationToken.None)), reader).JoinAsync().WaitAsync(cancellationToken);

    /// <summary>One list at a time. It goes by nobody's token: if whoever asked first gives up, the others want it all the same.</summary>
    private sealed class Lane(Func<Task<Snapshot<T>>> list)
    {
        private readonly Lock _gate = new();
        private Task<Snapshot<T>>? _underWay;
        private Task<Snapshot<T>>? _next;

        /// <summary>One that is under way may have passed what has happened since; whoever asks meanwhile shares the one after it.</summary>
        public Task<Snapshot<T>> JoinAsync()
        {
            lock (_gate)
            {
                return _next ?? (_underWay is { IsCompleted: false } ? _next = AfterAsync(_underWay) : _underWay = list());
            }
        }

        private async Task<Snapshot<T>> AfterAsync(Task before)
        {
            // On another thread always: by then _next is this very task.
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
            Task<Snapshot<T>> begun;
            lock (_gate)
            {
                (_underWay, _next) = (begun = list(), null);
            }

            return await begun.ConfigureAwait(false);
        }
    }
}

/// <summary>What the runs of a batch read together: what each would page through the whole cluster for.</summary>
internal sealed class JoinedReads(IClusterClient cluster)
{
    public IClusterReader<VolumeAttachment> VolumeAttachments { get; } = new JoinedListings<VolumeAttachment>(cluster.VolumeAttachments, static attachment => attachment.NodeName);

    public IClusterReader<VirtualMachine> VirtualMachines { get; } = new JoinedListings<VirtualMachine>(cluster.VirtualMachines);

    public IClusterReader<Migration> Migrations { get; } = new JoinedListings<Migration>(cluster.Migrations);
}
