using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Lets runs of several nodes that ask for the same list at about the same time share one that is fresh for each of them: it was begun after they had asked.</summary>
/// <remarks>Attachments cannot be selected by node on any server, so that each of the runs would page through all of the cluster's.</remarks>
/// <typeparam name="T">The kind of object.</typeparam>
internal sealed class JoinedListings<T>(IClusterReader<T> reader, Func<T, string> nodeOf) : IClusterReader<T>
    where T : ClusterObject
{
    private readonly Lock _gate = new();
    private Task<Snapshot<T>>? _underWay;
    private Task<Snapshot<T>>? _next;

    public Task<T?> FindAsync(ObjectName name, CancellationToken cancellationToken = default) => reader.FindAsync(name, cancellationToken);

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync(Selection selection, Snapshot<T>? from = null, CancellationToken cancellationToken = default) =>
        reader.WatchAsync(selection, from, cancellationToken);

    public async Task<Snapshot<T>> ListAsync(Selection selection, CancellationToken cancellationToken = default)
    {
        if (selection.NodeName is not { } node || selection != Selection.OnNode(node))
        {
            return await reader.ListAsync(selection, cancellationToken).ConfigureAwait(false);
        }

        var all = await JoinAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return all with { Items = [.. all.Items.Where(item => nodeOf(item) == node)] };
    }

    /// <summary>One that is under way may have passed what has happened since; whoever asks meanwhile shares the one after it.</summary>
    private Task<Snapshot<T>> JoinAsync()
    {
        lock (_gate)
        {
            return _next ?? (_underWay is { IsCompleted: false } ? _next = AfterAsync(_underWay) : _underWay = ListAllAsync());
        }
    }

    private async Task<Snapshot<T>> AfterAsync(Task before)
    {
        // On another thread always: by then _next is this very task.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task<Snapshot<T>> begun;
        lock (_gate)
        {
            (_underWay, _next) = (begun = ListAllAsync(), null);
        }

        return await begun.ConfigureAwait(false);
    }

    /// <summary>Not by the token of whoever asks first: the others want it all the same.</summary>
    private Task<Snapshot<T>> ListAllAsync() => reader.ListAsync(Selection.All, CancellationToken.None);
}
