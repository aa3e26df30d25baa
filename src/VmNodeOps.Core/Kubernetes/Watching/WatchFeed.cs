using System.Text.Json;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Mapping;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Watching;

/// <summary>One open watch request and those who hear it. It is read as fast as the fastest of them asks, and closed when the last one leaves.</summary>
/// <remarks>
/// The latest news are kept, so that somebody who knows an earlier moment can still join, and nobody waits for the slowest; who falls behind further than that hears that the
/// watch has ended, and begins another where it was.
/// </remarks>
internal sealed class WatchFeed<TDto, T> : IAsyncDisposable
    where TDto : class, IObjectDto
    where T : ClusterObject
{
    /// <summary>How many of the latest news are kept at least, and how many more before the oldest are dropped.</summary>
    private const int Kept = 2_000;

    /// <summary>How many lines that have come already are taken at once.</summary>
    private const int Batch = 50;

    private const string InitialEventsEnd = "k8s.io/initial-events-end";

    private static readonly WatchNews<T> Cut = new();

    private readonly ApiGateway _gateway;
    private readonly Resource<TDto, T> _resource;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<WatchNews<T>> _log = [];
    private readonly Task<WatchStream> _opening;
    private TaskCompletionSource? _turn;
    private long _dropped;
    private ulong? _since;
    private int _hearers;
    private bool _isClosed;

    /// <param name="gateway">The server.</param>
    /// <param name="resource">The kind of resource.</param>
    /// <param name="request">The watch.</param>
    /// <param name="key">What it follows.</param>
    /// <param name="since">The server's count after which it tells everything; null if nobody may join it.</param>
    public WatchFeed(ApiGateway gateway, Resource<TDto, T> resource, ApiRequest request, WatchKey key, ulong? since)
    {
        (_gateway, _resource, Key, _since) = (gateway, resource, key, since);
        _opening = WatchStream.OpenAsync(gateway, request, _stop.Token);
    }

    /// <summary>What it follows.</summary>
    public WatchKey Key { get; }

    /// <summary>How long it has been open.</summary>
    public TimeSpan Age => _opening.IsCompletedSuccessfully ? _opening.Result.Age : TimeSpan.Zero;

    /// <summary>Whether it has ended, or nobody hears it any more.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return IsOverNow;
            }
        }
    }

    private bool IsOverNow => _isClosed || _opening.IsFaulted || _turn?.Task.IsFaulted == true || _log is [.., { Kind: null }];

    /// <summary>Joins it to hear everything after a moment; null if it is over, or does not tell everything since then.</summary>
    public WatchHearing<TDto, T>? TryJoin(ulong from)
    {
        lock (_gate)
        {
            if (_hearers == 0 && !_isClosed)
            {
                // Who opens it hears what the server tells, whatever its counts are.
                _hearers = 1;
                return new WatchHearing<TDto, T>(this, 0, 0);
            }

            if (IsOverNow || !(_since <= from))
            {
                return null;
            }

            _hearers++;
            return new WatchHearing<TDto, T>(this, from, _dropped);
        }
    }

    /// <exception cref="ClusterException">It could not be opened.</exception>
    public Task WaitUntilOpenAsync(CancellationToken cancellationToken) => _opening.WaitAsync(cancellationToken);

    /// <summary>The news at a place, the first of which has the place 0; waits for them.</summary>
    /// <exception cref="ClusterException">The connection broke.</exception>
    public async ValueTask<WatchNews<T>> GetAsync(long place, CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource turn;
            var isMine = false;
            lock (_gate)
            {
                if (place < _dropped)
                {
                    return Cut;
                }

                if (place - _dropped < _log.Count)
                {
                    return _log[(int)(place - _dropped)];
                }

                if (_turn is null)
                {
                    (_turn, isMine) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), true);
                }

                turn = _turn;
            }

            if (isMine)
            {
                // By nobody's token: if whoever asked first gives up, the others want it all the same.
                _ = ReadAsync(turn);
            }

            await turn.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Leaves it; the last one closes it.</summary>
    public async ValueTask LeaveAsync()
    {
        lock (_gate)
        {
            if (--_hearers > 0)
            {
                return;
            }

            _isClosed = true;
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Task turn;
        lock (_gate)
        {
            _isClosed = true;
            turn = _turn?.Task ?? Task.CompletedTask;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await ((Task)_opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await turn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_opening.IsCompletedSuccessfully)
        {
            await _opening.Result.DisposeAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    private async Task ReadAsync(TaskCompletionSource turn)
    {
        try
        {
            var stream = await _opening.ConfigureAwait(false);
            var line = await stream.ReadAsync(_stop.Token).ConfigureAwait(false);
            List<WatchNews<T>> read = [Tell(stream, line)];
            while (read.Count < Batch && read[^1].Kind is not null && stream.TryTake(out var next))
            {
                read.Add(Tell(stream, next));
            }

            lock (_gate)
            {
                Keep(read);
                _turn = null;
            }

            turn.SetResult();
        }
        catch (Exception trouble)
        {
            // It stays, and everybody who comes to this place meets it.
            turn.SetException(trouble);
            _ = turn.Task.Exception;
        }
    }

    private void Keep(List<WatchNews<T>> read)
    {
        _log.AddRange(read);
        if (read.Any(static news => news is { Kind: not null, Count: null }))
        {
            // What cannot be compared cannot be joined.
            _since = null;
        }

        if (_log.Count > 2 * Kept)
        {
            var dropped = _log.Count - Kept;
            _since = _since is null ? null : _log[dropped - 1].Count;
            _log.RemoveRange(0, dropped);
            _dropped += dropped;
        }
    }

    private WatchNews<T> Tell(WatchStream stream, ReadOnlyMemory<byte>? line)
    {
        if (line is not { } bytes)
        {
            return new WatchNews<T> { FellSilent = stream.FellSilent };
        }

        try
        {
            return Parse(bytes.Span);
        }
        catch (Exception problem) when (problem is JsonException or ArgumentException or InvalidOperationException)
        {
            // A broken line: what it was to say comes again from where we were.
            return new WatchNews<T> { IsBroken = true };
        }
    }

    private WatchNews<T> Parse(ReadOnlySpan<byte> bytes)
    {
        var line = WatchLine.Parse(bytes);
        switch (line.Kind)
        {
            case WatchLineKind.Bookmark:
                var metadata = JsonSerializer.Deserialize(line.Body, WireJson.Default.BookmarkDto)?.Metadata;
                return metadata?.ResourceVersion is { Length: > 0 } version
                    ? new WatchNews<T> { Kind = line.Kind, Version = version, EndsReading = metadata.Annotations?.ContainsKey(InitialEventsEnd) == true }
                    : throw new JsonException("A bookmark has a resource version.");
            case WatchLineKind.Error:
                return new WatchNews<T> { Kind = line.Kind, Refusal = JsonSerializer.Deserialize(line.Body, WireJson.Default.StatusDto) ?? new StatusDto() };
            case WatchLineKind.Strange:
                return new WatchNews<T> { Kind = line.Kind };
            default:
                var dto = JsonSerializer.Deserialize(line.Body, _resource.Type) ?? throw new JsonException("An event has an object.");
                return new WatchNews<T> { Kind = line.Kind, Item = _resource.Map(dto), Version = Common.VersionOf(dto) };
        }
    }
}

/// <summary>One who hears a <see cref="WatchFeed{TDto, T}"/>, from a moment and a place in it on. Not for several threads at once.</summary>
internal sealed class WatchHearing<TDto, T>(WatchFeed<TDto, T> feed, ulong from, long place) : IAsyncDisposable
    where TDto : class, IObjectDto
    where T : ClusterObject
{
    private long _place = place;

    /// <summary>How long the watch has been open.</summary>
    public TimeSpan Age => feed.Age;

    /// <exception cref="ClusterException">It could not be opened.</exception>
    public Task WaitUntilOpenAsync(CancellationToken cancellationToken) => feed.WaitUntilOpenAsync(cancellationToken);

    /// <summary>The next news after the moment from which they are wanted.</summary>
    /// <exception cref="ClusterException">The connection broke.</exception>
    public async ValueTask<WatchNews<T>> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var news = await feed.GetAsync(_place, cancellationToken).ConfigureAwait(false);
            if (news.Kind is null)
            {
                return news;
            }

            _place++;
            if (news.Count is not { } count || count > from || (count == from && news.Item is null))
            {
                return news;
            }
        }
    }

    public ValueTask DisposeAsync() => feed.LeaveAsync();
}
