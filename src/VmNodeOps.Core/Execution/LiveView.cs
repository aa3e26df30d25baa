using System.Runtime.ExceptionServices;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>A picture of some objects that one watch keeps up to date, from a listing or from the beginning. News go to a <see cref="ChangeBoard"/>.</summary>
/// <typeparam name="T">The kind of object.</typeparam>
internal sealed class LiveView<T> : IAsyncDisposable
    where T : ClusterObject
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectName, T> _objects = [];
    private readonly Dictionary<string, T> _gone = [];
    private readonly Func<T, bool>? _remembers;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _synchronized = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChangeBoard _board;
    private readonly Func<T, IEnumerable<ObjectName>> _subjects;
    private readonly RunServices _services;
    private readonly Task _watch;
    private ExceptionDispatchInfo? _fault;
    private ClusterException? _interruption;

    /// <summary>Begins to watch.</summary>
    /// <param name="reader">The noun.</param>
    /// <param name="selection">What to watch.</param>
    /// <param name="from">The listing to go on from; null to be told everything first.</param>
    /// <param name="board">Where news are posted.</param>
    /// <param name="subjects">Whom a changed object concerns.</param>
    /// <param name="services">The run, for its log and its note of trouble.</param>
    /// <param name="remembers">Which objects are remembered when they are gone; null: none.</param>
    public LiveView(
        IClusterReader<T> reader, Selection selection, Snapshot<T>? from, ChangeBoard board, Func<T, IEnumerable<ObjectName>> subjects, RunServices services,
        Func<T, bool>? remembers = null)
    {
        _remembers = remembers;
        _board = board;
        _subjects = subjects;
        _services = services;
        foreach (var item in from?.Items ?? [])
        {
            _objects[item.Name] = item;
        }

        _watch = Task.Run(() => WatchAsync(reader, selection, from));
    }

    /// <summary>Completes when everything that was there at the beginning has been told; faults if the server does not let us watch.</summary>
    public Task Synchronized => _synchronized.Task;

    /// <summary>The objects as last heard, by name.</summary>
    public IReadOnlyList<T> Items
    {
        get
        {
            lock (_gate)
            {
                return [.. _objects.Values.OrderBy(item => item.Name)];
            }
        }
    }

    /// <summary>Those objects as last heard, in no order.</summary>
    public IReadOnlyList<T> Where(Func<T, bool> condition)
    {
        lock (_gate)
        {
            return [.. _objects.Values.Where(condition)];
        }
    }

    /// <summary>Why contact is lost at the moment; null while it is held.</summary>
    public ClusterException? Interruption
    {
        get
        {
            lock (_gate)
            {
                return _interruption;
            }
        }
    }

    /// <summary>The object as last heard; null if there is none.</summary>
    public T? Find(ObjectName name)
    {
        lock (_gate)
        {
            return _objects.GetValueOrDefault(name);
        }
    }

    /// <summary>The last state of an object that is gone, as its deletion told it; null if it is not gone, or not remembered.</summary>
    public T? FindGone(string uid)
    {
        lock (_gate)
        {
            return _gone.GetValueOrDefault(uid);
        }
    }

    /// <exception cref="ClusterException">The server does not let us watch any more.</exception>
    public void EnsureWatching()
    {
        ExceptionDispatchInfo? fault;
        lock (_gate)
        {
            fault = _fault;
        }

        fault?.Throw();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task WatchAsync(IClusterReader<T> reader, Selection selection, Snapshot<T>? from)
    {
        try
        {
            await foreach (var change in reader.WatchAsync(selection, from, _stop.Token).ConfigureAwait(false))
            {
                Hear(change);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _synchronized.TrySetCanceled();
        }
        catch (Exception exception)
        {
            // Whoever waits for news must not wait for ever: the fault comes out at EnsureWatching, whatever it is.
            lock (_gate)
            {
                _fault = ExceptionDispatchInfo.Capture(exception);
            }

            _synchronized.TrySetException(exception);
            _ = _synchronized.Task.Exception;
            _board.RaiseAll();
        }
    }

    private void Hear(WatchEvent<T> change)
    {
        switch (change.Kind)
        {
            case WatchEventKind.Added or WatchEventKind.Modified or WatchEventKind.Deleted:
                Apply(change.Kind, change.Object!);
                break;
            case WatchEventKind.Synchronized:
                // Before the news of it: whoever is woken looks whether it has come.
                _synchronized.TrySetResult();
                Note(interruption: null);
                break;
            case WatchEventKind.Interrupted:
                Note(change.Error);
                Log.WatchBroke(_services.Logger, typeof(T).Name, change.Error?.Message);
                break;
        }
    }

    private void Apply(WatchEventKind kind, T item)
    {
        lock (_gate)
        {
            _interruption = null;
            if (kind == WatchEventKind.Deleted)
            {
                _objects.Remove(item.Name);
                if (_remembers?.Invoke(item) == true)
                {
                    _gone[item.Uid] = item;
                }
            }
            else
            {
                _objects[item.Name] = item;
            }
        }

        foreach (var subject in _subjects(item))
        {
            _board.Raise(subject);
        }
    }

    private void Note(ClusterException? interruption)
    {
        lock (_gate)
        {
            _interruption = interruption;
        }

        if (interruption is not null)
        {
            _services.Trouble.Note(interruption);
        }

        _board.RaiseAll();
    }
}
