using System.Diagnostics;

namespace VmNodeOps.Testing;

/// <content>The simulation's thread: work first, then those who wait for a condition, then time.</content>
public sealed partial class SimulatedTime
{
    private long Elapsed() => _speed is { } speed ? _elapsedAtWallStart + (long)(Stopwatch.GetElapsedTime(_wallStart).Ticks * speed) : _elapsed;

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
}
