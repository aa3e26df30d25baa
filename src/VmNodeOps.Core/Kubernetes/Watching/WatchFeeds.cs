using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Watching;

/// <summary>The open watches of one kind of resource. Who wants to hear of the same selection from about the same moment hears the same one.</summary>
/// <remarks>
/// Each of several runs follows all instances of the cluster, because a machine may go to any node: without this the server would tell the same news to each, and each would
/// read them.
/// </remarks>
internal sealed class WatchFeeds<TDto, T>(ApiGateway gateway, Resource<TDto, T> resource)
    where TDto : class, IObjectDto
    where T : ClusterObject
{
    private readonly Lock _gate = new();
    private readonly List<WatchFeed<TDto, T>> _feeds = [];

    /// <summary>Opens a watch, or joins one.</summary>
    /// <param name="request">The watch.</param>
    /// <param name="selection">What it follows.</param>
    /// <param name="from">The server's count after which everything is wanted; null for a watch that begins with the present state, which nobody joins.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ClusterException">It could not be opened.</exception>
    public async Task<WatchHearing<TDto, T>> OpenAsync(ApiRequest request, ServerSelection selection, string? from, CancellationToken cancellationToken)
    {
        var hearing = JoinOrBegin(request, selection, from);
        try
        {
            await hearing.WaitUntilOpenAsync(cancellationToken).ConfigureAwait(false);
            return hearing;
        }
        catch
        {
            await hearing.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private WatchHearing<TDto, T> JoinOrBegin(ApiRequest request, ServerSelection selection, string? from)
    {
        // From what is no count nothing is shared.
        var (key, since) = (WatchKey.Of(selection), VersionCount.Of(from) is { } count and > 0 ? count : default(ulong?));
        lock (_gate)
        {
            _feeds.RemoveAll(static feed => feed.IsOver);
            if (since is { } moment && _feeds.Select(feed => feed.Key == key ? feed.TryJoin(moment) : null).FirstOrDefault(static hearing => hearing is not null) is { } joined)
            {
                return joined;
            }

            var feed = new WatchFeed<TDto, T>(gateway, resource, request, key, since);
            if (since is not null)
            {
                _feeds.Add(feed);
            }

            return feed.TryJoin(since ?? 0)!;
        }
    }
}

/// <summary>What a watch asks the server to follow.</summary>
internal sealed record WatchKey(string Path, string? LabelSelector, string? FieldSelector)
{
    public static WatchKey Of(ServerSelection selection) => new(selection.Path, selection.LabelSelector, selection.FieldSelector);
}
