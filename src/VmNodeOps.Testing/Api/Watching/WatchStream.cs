namespace VmNodeOps.Testing.Api.Watching;

/// <summary>One open watch: notes down what concerns its client, and hands it out one by one.</summary>
/// <remarks>It holds the cluster's time from the moment an event waits until the reader has come back for the next one and found none.</remarks>
internal sealed class WatchStream(SimulatedTime time, int buffer) : IWatchStream
{
    private readonly Lock _gate = new();
    private readonly Queue<WatchFrame> _frames = new();
    private readonly List<ITimer> _timers = [];
    private TaskCompletionSource? _reader;
    private Action? _closed;
    private bool _ended;
    private bool _holdsTime;

    /// <summary>What to do once when the stream ends, whoever ends it.</summary>
    public void OnClose(Action closed) => _closed = closed;

    public void Own(ITimer timer)
    {
        lock (_gate)
        {
            if (!_ended)
            {
                _timers.Add(timer);
                return;
            }
        }

        timer.Dispose();
    }

    /// <param name="isInitial">What the client asked to begin with does not count as falling behind.</param>
    public void Enqueue(WatchFrame frame, bool isInitial = false)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            if (isInitial || _frames.Count < buffer)
            {
                _frames.Enqueue(frame);
                Hold();
                Wake();
                return;
            }
        }

        End();
    }

    /// <summary>Ends the watch cleanly: what was noted down so far is still read, then comes the end.</summary>
    public void End()
    {
        Action? closed;
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            closed = _closed;
            Hold();
            Wake();
        }

        StopTimers();
        closed?.Invoke();
    }

    public async ValueTask<WatchFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task waiting;
            lock (_gate)
            {
                if (_frames.TryDequeue(out var frame))
                {
                    return frame;
                }

                if (_ended)
                {
                    return null;
                }

                LetGo();
                _reader ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = _reader.Task;
            }

            await waiting.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        End();
        lock (_gate)
        {
            _frames.Clear();
            LetGo();
        }
    }

    private void StopTimers()
    {
        foreach (var timer in _timers)
        {
            timer.Dispose();
        }
    }

    private void Wake()
    {
        _reader?.SetResult();
        _reader = null;
    }

    private void Hold()
    {
        if (!_holdsTime)
        {
            _holdsTime = true;
            time.BeginBusy();
        }
    }

    private void LetGo()
    {
        if (_holdsTime)
        {
            _holdsTime = false;
            time.EndBusy();
        }
    }
}
