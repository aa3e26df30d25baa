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
public sealed partial class SimulatedTime : TimeProvider, IDisposable
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
    private double? _speed;
    private readonly long _maximumStep;
    private readonly List<Exception> _failures = [];
    private readonly List<Waiter> _waiters = [];
    private long _wallStart = Stopwatch.GetTimestamp();
    private long _elapsedAtWallStart;
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

    /// <summary>Goes on at another speed from now on, without a jump: a scene is set fast, and measured as on the wall.</summary>
    /// <exception cref="InvalidOperationException">The clock is virtual.</exception>
    internal void ChangeSpeed(double speed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(speed);
        lock (_gate)
        {
            if (IsVirtual)
            {
                throw new InvalidOperationException("A virtual clock has no speed; it jumps.");
            }

            _elapsedAtWallStart = Elapsed();
            _wallStart = Stopwatch.GetTimestamp();
            _speed = speed;
        }

        _wake.Set();
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

    private sealed class Release(Action release) : IDisposable
    {
        private Action? _release = release;

        public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
    }
}
