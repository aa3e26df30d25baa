using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace VmNodeOps.Testing;

/// <summary>The one clock of a simulated cluster: its controllers, its hosts and, if they wish, its clients live by it.</summary>
/// <remarks>
/// <para>In virtual time (the default) an hour passes in milliseconds: when nobody is busy, the clock jumps to the next timer. Busy means: a
/// request is being answered, a watch event is not yet written, a controller has work, or the thread pool of this process (where an in-process
/// client thinks) has moved lately. Give the cluster's clock to an in-process client as its <see cref="TimeProvider"/>, so that its waits
/// are virtual too.</para>
/// <para>In real time the clock runs beside the wall clock, optionally faster; use it when a person or another process is the client.</para>
/// <para>All members are thread-safe.</para>
/// </remarks>
public sealed class SimulatedTime : TimeProvider, IDisposable
{
    private const int MostLooks = 12;
    private static readonly TimeSpan Overslept = TimeSpan.FromMilliseconds(2.5);
    private static readonly TimeSpan PatienceWithThreads = TimeSpan.FromMilliseconds(300);

    private readonly RunnableThreads _runnable = new();
    private readonly Lock _gate = new();
    private readonly PriorityQueue<SimulatedTimer, (long Due, long Sequence)> _timers = new();
    private readonly Queue<Action> _work = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private readonly double? _speed;
    private readonly long _maximumStep;
    private readonly List<Exception> _failures = [];
    private readonly List<Waiter> _waiters = [];
    private readonly long _wallStart = Stopwatch.GetTimestamp();
    private readonly DateTimeOffset _epoch;
    private long _elapsed;
    private long _sequence;
    private long _activity;
    private long _activityAtJump;
    private long _lastJump = Stopwatch.GetTimestamp();
    private int _busy;
    private int _paused;
    private bool _stopped;

    private SimulatedTime(DateTimeOffset epoch, double? speed, TimeSpan maximumStep)
    {
        _epoch = epoch;
        _speed = speed;
        _maximumStep = maximumStep.Ticks;
        _thread = new Thread(Run) { IsBackground = true, Name = "simulated cluster" };
        _thread.Start();
    }

    /// <summary>A clock that jumps from timer to timer while nobody is busy.</summary>
    /// <param name="epoch">When it starts; default 2026-01-01T00:00:00Z.</param>
    /// <param name="maximumStep">The farthest single jump; default 10 s. A shorter step protects clients in other processes, whose thinking this clock cannot see.</param>
    public static SimulatedTime Virtual(DateTimeOffset? epoch = null, TimeSpan? maximumStep = null) =>
        new(epoch ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), speed: null, maximumStep ?? TimeSpan.FromSeconds(10));

    /// <summary>A clock that runs beside the wall clock.</summary>
    /// <param name="speed">How many simulated seconds pass in a real one; default 1.</param>
    public static SimulatedTime RealTime(double speed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(speed);
        return new SimulatedTime(TimeProvider.System.GetUtcNow(), speed, TimeSpan.MaxValue);
    }

    /// <summary>Whether time jumps (virtual) or runs beside the wall clock.</summary>
    public bool IsVirtual => _speed is null;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>What went wrong inside controllers of the simulation; empty unless the simulation has a defect.</summary>
    internal IReadOnlyList<Exception> Failures
    {
        get
        {
            lock (_gate)
            {
                return [.. _failures];
            }
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return Elapsed();
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _epoch.AddTicks(GetTimestamp());

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        // A client's callback may block or run a whole continuation: the thread pool takes it, and the clock waits for it.
        var timer = new SimulatedTimer(this, () => RunOnThreadPool(callback, state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Stops the clock until the result is disposed; pauses nest.</summary>
    public IDisposable Pause()
    {
        Interlocked.Increment(ref _paused);
        return new Release(() =>
        {
            Interlocked.Decrement(ref _paused);
            _wake.Set();
        });
    }

    /// <summary>Completes when this much simulated time has passed.</summary>
    public Task AdvanceAsync(TimeSpan duration, CancellationToken cancellationToken = default) => Task.Delay(duration, this, cancellationToken);

    /// <summary>Completes as soon as the condition holds, which is asked after every step of the simulation.</summary>
    /// <remarks>The condition runs on the simulation's thread while nothing else does: it looks at the cluster as it stands, and must not wait.</remarks>
    /// <exception cref="TimeoutException">The condition did not hold within the limit.</exception>
    public async Task UntilAsync(Func<bool> condition, TimeSpan limit, string what, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var waiter = new Waiter(condition);
        using var deadline = After(limit, () => waiter.Fail(new TimeoutException($"Not within {limit} of simulated time: {what}")));
        await using var cancellation = cancellationToken.Register(() => waiter.Fail(new OperationCanceledException(cancellationToken)))
            .ConfigureAwait(false);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            _waiters.Add(waiter);
        }

        _wake.Set();
        await waiter.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }

            _stopped = true;
        }

        _wake.Set();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }

        foreach (var waiter in _waiters)
        {
            waiter.Fail(new ObjectDisposedException(nameof(SimulatedTime)));
        }

        // The signal is left to its finalizer: a callback that disposes the clock still ends its own busy time afterwards.
    }

    /// <summary>Runs work on the simulation's thread, in the order of the calls; time stands while there is any.</summary>
    internal void Post(Action work)
    {
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }

            _work.Enqueue(work);
        }

        _wake.Set();
    }

    /// <summary>Runs work on the simulation's thread and returns when it is done; at once when called from there. What it throws comes out here.</summary>
    internal void Invoke(Action work)
    {
        if (Thread.CurrentThread == _thread)
        {
            work();
            return;
        }

        using var done = new ManualResetEventSlim();
        ExceptionDispatchInfo? failure = null;
        Post(() =>
        {
            try
            {
                work();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }

            done.Set();
        });
        while (!done.Wait(TimeSpan.FromMilliseconds(100)))
        {
            ObjectDisposedException.ThrowIf(!_thread.IsAlive, this);
        }

        failure?.Throw();
    }

    /// <summary>Runs work on the simulation's thread once, after the delay; disposing the result calls it off.</summary>
    internal ITimer After(TimeSpan delay, Action work)
    {
        var timer = new SimulatedTimer(this, work);
        timer.Change(delay, Timeout.InfiniteTimeSpan);
        return timer;
    }

    /// <summary>Runs work on the simulation's thread again and again, the first time after one period.</summary>
    internal ITimer Every(TimeSpan period, Action work)
    {
        var timer = new SimulatedTimer(this, work);
        timer.Change(period, period);
        return timer;
    }

    /// <summary>Holds time until the result is disposed: a request is under way, or an event waits to be read.</summary>
    internal IDisposable Busy()
    {
        BeginBusy();
        return new Release(EndBusy);
    }

    /// <summary>The two halves of <see cref="Busy"/>, for callers that count.</summary>
    internal void BeginBusy() => Interlocked.Increment(ref _busy);

    /// <summary>Ends what <see cref="BeginBusy"/> began.</summary>
    internal void EndBusy()
    {
        Interlocked.Increment(ref _activity);
        Interlocked.Decrement(ref _busy);
        _wake.Set();
    }

    private long Elapsed() => _speed is { } speed ? (long)(Stopwatch.GetElapsedTime(_wallStart).Ticks * speed) : _elapsed;

    private void Run()
    {
        while (true)
        {
            var work = TakeWork(out var stopped);
            if (stopped)
            {
                return;
            }

            if (work is not null)
            {
                Guard(work);
                continue;
            }

            AskWaiters();
            if (IsVirtual)
            {
                JumpWhenQuiet();
            }
            else
            {
                WaitForNextTimer();
            }
        }
    }

    private Action? TakeWork(out bool stopped)
    {
        lock (_gate)
        {
            stopped = _stopped;
            if (stopped)
            {
                return null;
            }

            if (_work.TryDequeue(out var work))
            {
                return work;
            }

            if (IsVirtual || _paused > 0)
            {
                return null;
            }

            _elapsed = Elapsed();
            return TakeDue();
        }
    }

    /// <summary>On the simulation's thread, so that a condition sees the cluster at rest.</summary>
    private void AskWaiters()
    {
        Waiter[] waiters;
        lock (_gate)
        {
            if (_waiters.Count == 0)
            {
                return;
            }

            _waiters.RemoveAll(waiter => waiter.Task.IsCompleted);
            waiters = [.. _waiters];
        }

        foreach (var waiter in waiters)
        {
            waiter.Ask();
        }
    }

    private void WaitForNextTimer()
    {
        TimeSpan wait;
        lock (_gate)
        {
            wait = _paused > 0 || !_timers.TryPeek(out _, out var key)
                ? TimeSpan.FromMilliseconds(200)
                : TimeSpan.FromTicks((long)((key.Due - Elapsed()) / _speed!.Value));
        }

        if (wait > TimeSpan.Zero)
        {
            _wake.WaitOne(wait < TimeSpan.FromMilliseconds(200) ? wait : TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>Looks three times, a millisecond apart, whether anybody moved; an in-process client shows by the thread pool's counters.</summary>
    /// <remarks>
    /// After an answer or an event has gone out, the thread that brings it to the client may still wait for a processor. Where this thread oversleeps,
    /// the machine is that busy, and a few more looks give the other one its turn; and a client that compiles its first request or checks a certificate shows by its runnable thread.
    /// The clock's own events need none of this.
    /// </remarks>
    private void JumpWhenQuiet()
    {
        var activity = Volatile.Read(ref _activity);
        var seen = activity + ThreadPool.CompletedWorkItemCount;
        var looks = 3;
        for (var look = 0; look < looks; look++)
        {
            var start = Stopwatch.GetTimestamp();
            _wake.WaitOne(TimeSpan.FromMilliseconds(1));
            lock (_gate)
            {
                if (_stopped || _work.Count > 0)
                {
                    return;
                }
            }

            var now = Volatile.Read(ref _activity) + ThreadPool.CompletedWorkItemCount;
            if (Volatile.Read(ref _busy) > 0 || Volatile.Read(ref _paused) > 0 || ThreadPool.PendingWorkItemCount > 0 || now != seen)
            {
                return;
            }

            if (activity != _activityAtJump && looks < MostLooks && Stopwatch.GetElapsedTime(start) > Overslept)
            {
                looks++;
            }
        }

        // A thread that spins for ever must not stop the clock for ever.
        if (activity != _activityAtJump && Stopwatch.GetElapsedTime(_lastJump) < PatienceWithThreads && _runnable.Any())
        {
            return;
        }

        _activityAtJump = activity;
        Jump();
        _lastJump = Stopwatch.GetTimestamp();
    }

    /// <summary>Goes to the next instant that has a timer and fires all of that instant; later ones wait for the next quiet moment.</summary>
    private void Jump()
    {
        lock (_gate)
        {
            if (!_timers.TryPeek(out _, out var first))
            {
                return;
            }

            if (first.Due > _elapsed + _maximumStep)
            {
                _elapsed += _maximumStep;
                return;
            }

            _elapsed = Math.Max(_elapsed, first.Due);
        }

        while (TakeDue() is { } work)
        {
            Guard(work);
        }
    }

    private Action? TakeDue()
    {
        lock (_gate)
        {
            while (!_stopped && _timers.TryPeek(out var timer, out var key) && key.Due <= _elapsed)
            {
                _timers.Dequeue();
                if (timer.Fire(key.Due) is { } work)
                {
                    return work;
                }
            }

            return null;
        }
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception)
        {
            // The simulation must go on so that the test can end; SimulatedCluster reports these when it is disposed.
            lock (_gate)
            {
                _failures.Add(exception);
            }
        }
    }

    private void RunOnThreadPool(TimerCallback callback, object? state)
    {
        BeginBusy();
        ThreadPool.UnsafeQueueUserWorkItem(_ =>
        {
            try
            {
                callback(state);
            }
            finally
            {
                EndBusy();
            }
        }, null);
    }

    private void Schedule(SimulatedTimer timer, long due)
    {
        lock (_gate)
        {
            if (!_stopped)
            {
                _timers.Enqueue(timer, (due, ++_sequence));
            }
        }

        _wake.Set();
    }

    private sealed class SimulatedTimer(SimulatedTime time, Action work) : ITimer
    {
        private long _due = long.MaxValue;
        private long _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            long due;
            lock (time._gate)
            {
                _period = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
                _due = due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : time.Elapsed() + Math.Max(0, dueTime.Ticks);
            }

            if (due != long.MaxValue)
            {
                time.Schedule(this, due);
            }

            return true;
        }

        /// <summary>Under the clock's lock: the work, unless this entry of the queue has been called off or moved.</summary>
        public Action? Fire(long due)
        {
            if (due != _due)
            {
                return null;
            }

            if (_period > 0)
            {
                _due = due + _period;
                time._timers.Enqueue(this, (_due, ++time._sequence));
            }
            else
            {
                _due = long.MaxValue;
            }

            return work;
        }

        public void Dispose()
        {
            lock (time._gate)
            {
                _due = long.MaxValue;
                _period = 0;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Somebody waits for a condition.</summary>
    private sealed class Waiter(Func<bool> condition)
    {
        private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _source.Task;

        public void Ask()
        {
            try
            {
                if (condition())
                {
                    _source.TrySetResult();
                }
            }
            catch (Exception exception)
            {
                _source.TrySetException(exception);
            }
        }

        public void Fail(Exception exception) => _source.TrySetException(exception);
    }

    private sealed class Release(Action release) : IDisposable
    {
        private Action? _release = release;

        public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
