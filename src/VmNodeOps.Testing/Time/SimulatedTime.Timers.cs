namespace VmNodeOps.Testing;

/// <content>The timers, which live under the clock's lock. An entry of the queue that its timer has left behind fires nothing.</content>
public sealed partial class SimulatedTime
{
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
}
