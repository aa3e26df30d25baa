using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.Cluster;

/// <summary>Keeps a picture by a watch, and notes every event that contradicts what was told before.</summary>
internal sealed class Watcher<T> : IAsyncDisposable
    where T : ClusterObject
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectName, T> _picture = [];
    private readonly List<string> _contradictions = [];
    private readonly List<(Func<IReadOnlyDictionary<ObjectName, T>, bool> Condition, TaskCompletionSource Met)> _waiting = [];
    private readonly bool _wider;
    private readonly Task _run;
    private bool _whole;

    // Wider: the selection is wider than the snapshot, so that changes of objects never told before are in order.
    public Watcher(IClusterReader<T> reader, Selection selection, Snapshot<T>? from = null, bool wider = false)
    {
        _wider = wider;
        foreach (var item in from?.Items ?? [])
        {
            _picture[item.Name] = item;
        }

        _run = Task.Run(() => RunAsync(reader, selection, from));
    }

    /// <summary>Events that cannot follow those before them; each is a defect of the watch.</summary>
    public IReadOnlyList<string> Contradictions
    {
        get
        {
            lock (_gate)
            {
                return [.. _contradictions];
            }
        }
    }

    public int Interruptions { get; private set; }

    public IReadOnlyDictionary<ObjectName, T> Picture
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<ObjectName, T>(_picture);
            }
        }
    }

    /// <summary>Completes as soon as the picture is whole and meets the condition.</summary>
    public async Task UntilAsync(Func<IReadOnlyDictionary<ObjectName, T>, bool> condition)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add((condition, met));
            Look();
        }

        var first = await Task.WhenAny(met.Task, _run, Task.Delay(TimeSpan.FromSeconds(30)));
        if (first != met.Task)
        {
            await _stop.CancelAsync();
            await _run;
            throw new TimeoutException($"The watch did not tell it; it told: {string.Join(", ", Picture.Keys)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task RunAsync(IClusterReader<T> reader, Selection selection, Snapshot<T>? from)
    {
        try
        {
            await foreach (var happened in reader.WatchAsync(selection, from, _stop.Token))
            {
                lock (_gate)
                {
                    Take(happened);
                    Look();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    private void Take(WatchEvent<T> happened)
    {
        // While the state is read anew, what is gone is told last.
        _whole = happened.Kind == WatchEventKind.Synchronized || (_whole && happened.ResourceVersion is not null);
        if (happened.Object is not { } item)
        {
            Interruptions += happened.Kind == WatchEventKind.Interrupted ? 1 : 0;
            return;
        }

        var known = _picture.GetValueOrDefault(item.Name);
        var fits = happened.Kind switch
        {
            WatchEventKind.Added => known is null,
            WatchEventKind.Modified => known is null ? _wider : known.Uid == item.Uid && known.ResourceVersion != item.ResourceVersion,
            _ => known is null ? _wider : known.Uid == item.Uid,
        };
        if (!fits)
        {
            _contradictions.Add($"{happened.Kind} {item.Name}@{item.ResourceVersion} after {known?.ResourceVersion ?? "nothing"}");
        }

        if (happened.Kind == WatchEventKind.Deleted)
        {
            _picture.Remove(item.Name);
        }
        else
        {
            _picture[item.Name] = item;
        }
    }

    private void Look()
    {
        foreach (var (condition, met) in _waiting)
        {
            if (_whole && !met.Task.IsCompleted && condition(_picture))
            {
                met.SetResult();
            }
        }
    }
}
