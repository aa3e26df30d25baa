using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Watching;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes;

/// <summary>The reads of one kind of resource.</summary>
internal class KubernetesReader<TDto, T>(ApiGateway gateway, Resource<TDto, T> resource) : IClusterReader<T>
    where TDto : class, IObjectDto
    where T : ClusterObject
{
    private readonly WatchFeeds<TDto, T> _feeds = new(gateway, resource);

    protected ApiGateway Gateway => gateway;

    protected ResourceKind Kind => resource.Kind;

    public async Task<T?> FindAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        var request = new ApiRequest
        {
            Method = HttpMethod.Get,
            Target = ResourcePath.Of(Kind, name),
            What = $"read {Kind.Noun} {name}",
            IsRead = true,
            IsOfKubeVirt = Kind.IsOfKubeVirt,
        };
        try
        {
            return await gateway.SendAsync(request, body => MapOne(request, body), cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterException missing) when (missing is { Cause: ClusterErrorCause.NotFound })
        {
            return null;
        }
    }

    public async Task<Snapshot<T>> ListAsync(Selection selection, CancellationToken cancellationToken = default)
    {
        var items = new List<T>();
        var version = "";
        await foreach (var (page, info, beginsAnew) in ReadPagesAsync(ServerSelection.Of(resource, selection), gateway.Options.PageSize, cancellationToken).ConfigureAwait(false))
        {
            if (beginsAnew)
            {
                items.Clear();
            }

            items.AddRange(page);
            version = info.ResourceVersion;
        }

        items.Sort(static (left, right) => left.Name.CompareTo(right.Name));
        return new Snapshot<T> { Items = items, ResourceVersion = version };
    }

    public async IAsyncEnumerable<Page<T>> ListPagesAsync(
        Selection selection, int? firstPageSize = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var size = firstPageSize ?? gateway.Options.PageSize;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, nameof(firstPageSize));
        await foreach (var (page, info, beginsAnew) in ReadPagesAsync(ServerSelection.Of(resource, selection), Math.Min(size, gateway.Options.PageSize), cancellationToken).ConfigureAwait(false))
        {
            yield return new Page<T> { Items = page, BeginsAnew = beginsAnew, IsLast = info.Continue is null };
        }
    }

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync(
        Selection selection, Snapshot<T>? from = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var watch = new ResourceWatch<TDto, T>(
            gateway, _feeds, resource, ServerSelection.Of(resource, selection), from, token => ListAsync(selection, token));
        while (true)
        {
            foreach (var told in await watch.NextAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return told;
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Sends a write whose success is the object after it.</summary>
    protected Task<T> WriteAsync(ApiRequest request, CancellationToken cancellationToken) =>
        gateway.SendAsync(request, body => MapOne(request, body), cancellationToken);

    private T MapOne(ApiRequest request, AnswerBody body) =>
        Readable(request, () => resource.Map(gateway.Parse(request, body, resource.Type))) ??
        throw Refusals.Strange(request, $"a {Kind.Noun} that cannot be told", gateway.Server);

    private async IAsyncEnumerable<(List<T> Items, ListPageInfo Info, bool BeginsAnew)> ReadPagesAsync(
        ServerSelection asked, int firstPageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (size, next) = (firstPageSize, (string?)null);
        do
        {
            var items = new List<T>();
            var beginsAnew = false;
            ListPageInfo page;
            try
            {
                page = await ReadPageAsync(asked, size, next, items, cancellationToken).ConfigureAwait(false);
            }
            catch (ClusterException expired) when (expired.Cause == ClusterErrorCause.Expired && next is not null)
            {
                // The server no longer has the moment that the first pages are of: what was read is dropped, and all is read again.
                beginsAnew = true;
                page = await ReadPageAsync(asked, size, null, items, cancellationToken).ConfigureAwait(false);
            }

            (size, next) = (gateway.Options.PageSize, page.Continue);
            yield return (items, page, beginsAnew);
        }
        while (next is not null);
    }

    private Task<ListPageInfo> ReadPageAsync(ServerSelection asked, int size, string? next, List<T> items, CancellationToken cancellationToken)
    {
        var request = new ApiRequest
        {
            Method = HttpMethod.Get,
            Target = ResourcePath.With(
                asked.Path,
                ("labelSelector", asked.LabelSelector),
                ("fieldSelector", asked.FieldSelector),
                ("limit", size.ToString(CultureInfo.InvariantCulture)),
                ("continue", next)),
            What = $"list {asked.Words}",
            IsRead = true,
            IsOfKubeVirt = Kind.IsOfKubeVirt,
        };
        return gateway.SendAsync(request, body =>
        {
            items.Clear();
            return Readable(request, () => ListPage.Read(body.Span, resource.Type, Sieve(asked), dto =>
            {
                if (resource.Map(dto) is { } item)
                {
                    items.Add(item);
                }
            }));
        }, cancellationToken);
    }

    private static ListPage.Filter? Sieve(ServerSelection asked) =>
        asked.SiftedNode is { } node ? ListPage.Member("spec", "nodeName", node) : null;

    /// <summary>An answer that is JSON but not what was asked for is told as such: a bad name inside it is the server's doing, not the caller's.</summary>
    private TResult Readable<TResult>(ApiRequest request, Func<TResult> read)
    {
        try
        {
            return read();
        }
        catch (Exception problem) when (problem is JsonException or ArgumentException or InvalidOperationException)
        {
            throw Refusals.Strange(request, "JSON that does not fit", gateway.Server, problem);
        }
    }
}
