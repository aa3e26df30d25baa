using System.Globalization;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Watching;

/// <summary>Follows a selection through everything that ends a watch: time-outs, bursts, lost connections, expired versions, silence.</summary>
/// <remarks>
/// <para>A stream that the server ends in good order, early or late, or that falls silent, is resumed where it was: nothing between is lost, and nobody
/// needs to hear of it. After lost contact, or when the server no longer has the place (410), everything is read again and compared with the
/// <see cref="Picture{T}"/>, because only then can it be said that the picture is whole again.</para>
/// <para>A reading is a watch that begins with the present state; where the server cannot do that, a list.</para>
/// </remarks>
internal sealed class ResourceWatch<TDto, T> : IAsyncDisposable
    where TDto : class, IObjectDto
    where T : ClusterObject
{
    private readonly ApiGateway _gateway;
    private readonly WatchFeeds<TDto, T> _feeds;
    private readonly Resource<TDto, T> _resource;
    private readonly ServerSelection _selection;
    private readonly Func<CancellationToken, Task<Snapshot<T>>> _list;
    private readonly Picture<T> _picture;
    private readonly List<WatchEvent<T>> _told = [];
    private WatchHearing<TDto, T>? _hearing;
    private bool _mustRead;
    private bool _isReading;
    private bool _interrupted;
    private bool _tellBeginning;
    private bool _listNext;
    private int _failures;
    private int _silences;
    private ServerStatus? _lastRefusal;

    public ResourceWatch(
        ApiGateway gateway,
        WatchFeeds<TDto, T> feeds,
        Resource<TDto, T> resource,
        ServerSelection selection,
        Snapshot<T>? from,
        Func<CancellationToken, Task<Snapshot<T>>> list)
    {
        (_gateway, _feeds, _resource, _selection, _list) = (gateway, feeds, resource, selection, list);
        _picture = new Picture<T>(from);
        _mustRead = string.IsNullOrEmpty(from?.ResourceVersion);
        _tellBeginning = !_mustRead;
    }

    /// <summary>The next events, at least one. The list is valid until the next call.</summary>
    public async Task<IReadOnlyList<WatchEvent<T>>> NextAsync(CancellationToken cancellationToken)
    {
        _told.Clear();
        while (_told.Count == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await (_hearing is null ? BeginAsync(cancellationToken) : ReadAsync(_hearing, cancellationToken)).ConfigureAwait(false);
            }
            catch (ClusterException trouble) when (ReadRetry.MayPass(trouble) || trouble.Cause == ClusterErrorCause.Expired)
            {
                await LoseAsync(trouble).ConfigureAwait(false);
            }
        }

        return _told;
    }

    public ValueTask DisposeAsync() => CloseAsync();

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (_failures > 0)
        {
            await Task.Delay(_gateway.Retry.Delay(_failures - 1, _lastRefusal), _gateway.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }

        if (!_mustRead)
        {
            _hearing = await _feeds.OpenAsync(Request(reading: false), _selection, _picture.ResourceVersion, cancellationToken).ConfigureAwait(false);
            if (_tellBeginning)
            {
                _tellBeginning = false;
                _told.Add(new WatchEvent<T> { Kind = WatchEventKind.Synchronized, ResourceVersion = _picture.ResourceVersion });
            }
        }
        else if (_gateway.LacksInitialEvents || _listNext)
        {
            await ListAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await BeginReadingAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task BeginReadingAsync(CancellationToken cancellationToken)
    {
        try
        {
            _hearing = await _feeds.OpenAsync(Request(reading: true), _selection, from: null, cancellationToken).ConfigureAwait(false);
            _isReading = true;
            _picture.BeginReading();
        }
        catch (ClusterException refusal) when (refusal is { Cause: ClusterErrorCause.Invalid, Status.Code: 400 or 422 })
        {
            // A server that does not know initial events, or does not want to: it is remembered once a list shows that nothing else was wrong.
            await ListAsync(cancellationToken).ConfigureAwait(false);
            _gateway.LacksInitialEvents = true;
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var snapshot = await _list(cancellationToken).ConfigureAwait(false);
        _picture.BeginReading();
        foreach (var item in snapshot.Items)
        {
            _picture.Read(item, _told);
        }

        Complete(snapshot.ResourceVersion);
    }

    private void Complete(string resourceVersion)
    {
        _picture.EndReading(resourceVersion, _told);
        (_mustRead, _isReading, _interrupted, _listNext, _tellBeginning) = (false, false, false, false, false);
        _failures = 0;
    }

    private async Task ReadAsync(WatchHearing<TDto, T> hearing, CancellationToken cancellationToken)
    {
        var news = await hearing.NextAsync(cancellationToken).ConfigureAwait(false);
        switch (news.Kind)
        {
            case null:
                await EndAsync(hearing.Age < TimeSpan.FromSeconds(1), news).ConfigureAwait(false);
                break;
            case WatchLineKind.Bookmark:
                TakeBookmark(news);
                break;
            case WatchLineKind.Error:
                throw Refusals.Of(Request(_isReading), Refusals.Convert(news.Refusal!, news.Refusal!.Code ?? 500, retryAfter: null));
            case WatchLineKind.Strange:
                await RereadAsync().ConfigureAwait(false);
                break;
            default:
                Take(news);
                break;
        }
    }

    private void Take(WatchNews<T> news)
    {
        if (news.Item is not { } item || (_selection.SiftedNode is { } node && _resource.NodeOf!(item) != node))
        {
            if (!_isReading)
            {
                _picture.Pass(news.Version);
            }
        }
        else if (_isReading && news.Kind == WatchLineKind.Deleted)
        {
            // The server tells what happens while it tells the present state.
            _picture.Gone(item, _told);
        }
        else if (_isReading)
        {
            _picture.Read(item, _told);
        }
        else
        {
            _failures = 0;
            _picture.Live(
                news.Kind switch { WatchLineKind.Added => WatchEventKind.Added, WatchLineKind.Deleted => WatchEventKind.Deleted, _ => WatchEventKind.Modified },
                item,
                _told);
        }
    }

    private void TakeBookmark(WatchNews<T> bookmark)
    {
        if (!_isReading)
        {
            _failures = 0;
            _picture.Pass(bookmark.Version);
            _told.Add(new WatchEvent<T> { Kind = WatchEventKind.Synchronized, ResourceVersion = bookmark.Version });
        }
        else if (bookmark.EndsReading)
        {
            Complete(bookmark.Version);
        }
    }

    /// <summary>The stream has ended in good order, fallen silent, or told something unreadable; it goes on where it was.</summary>
    private async Task EndAsync(bool atOnce, WatchNews<T> end)
    {
        _silences = end.FellSilent ? _silences + 1 : 0;
        await CloseAsync().ConfigureAwait(false);
        if (_isReading)
        {
            // It ended, or fell silent, before the present state was complete. If it does so again, a list will do.
            _isReading = false;
            _listNext = true;
        }

        if (_silences >= 2)
        {
            // Not even a bookmark came, twice: perhaps the server waits for a moment that never comes, as after a restore from a backup.
            (_mustRead, _silences) = (true, 0);
        }

        // One that ends as soon as it is opened must not be opened in a tight circle.
        _failures = atOnce || end.IsBroken ? _failures + 1 : 0;
        _lastRefusal = null;
    }

    /// <summary>What came cannot be understood: what is the case is read again.</summary>
    private async Task RereadAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        (_mustRead, _isReading) = (true, false);
        _failures++;
    }

    private async Task LoseAsync(ClusterException trouble)
    {
        await CloseAsync().ConfigureAwait(false);
        (_mustRead, _isReading) = (true, false);
        _failures++;
        _lastRefusal = trouble.Status;
        if (trouble.Cause != ClusterErrorCause.Expired && !_interrupted)
        {
            _interrupted = true;
            _told.Add(new WatchEvent<T> { Kind = WatchEventKind.Interrupted, Error = trouble });
        }
    }

    private async ValueTask CloseAsync()
    {
        if (_hearing is { } hearing)
        {
            _hearing = null;
            await hearing.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ApiRequest Request(bool reading) => new()
    {
        Method = HttpMethod.Get,
        Target = ResourcePath.With(
            _selection.Path,
            ("watch", "1"),
            ("labelSelector", _selection.LabelSelector),
            ("fieldSelector", _selection.FieldSelector),
            ("allowWatchBookmarks", "true"),
            ("sendInitialEvents", reading ? "true" : null),
            ("resourceVersionMatch", reading ? "NotOlderThan" : null),
            ("resourceVersion", reading ? null : _picture.ResourceVersion),
            ("timeoutSeconds", ((int)_gateway.Options.WatchDuration.TotalSeconds).ToString(CultureInfo.InvariantCulture))),
        What = $"watch {_selection.Words}",
        IsRead = true,
        IsOfKubeVirt = _resource.Kind.IsOfKubeVirt,
    };
}
