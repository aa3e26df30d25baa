using VmNodeOps.Testing.KubeVirt;

namespace VmNodeOps.Testing;

/// <summary>Waits for a condition, which is looked at on the simulation's thread a moment after anything changed.</summary>
/// <remarks>When the condition holds, time stands until the waiter says that it has noticed: a slow machine sees what a fast one sees.</remarks>
internal sealed class Wait
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private readonly SimulatedTime _time;
    private readonly Func<bool> _condition;
    private readonly DateTimeOffset _deadline;
    private readonly TimeSpan _limit;
    private readonly string _what;
    private readonly KubeVirtWorld _world;
    private readonly IDisposable _changes;
    private readonly TaskCompletionSource<IDisposable> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _fallback;
    private bool _planned;

    public Wait(KubeVirtWorld world, Func<bool> condition, TimeSpan limit, string what)
    {
        _world = world;
        _time = world.Time;
        _condition = condition;
        _limit = limit;
        _what = what;
        _deadline = _time.GetUtcNow() + limit;
        _changes = world.Api.Observe(null, _ => Plan());
        world.Guests.Changed += Plan;
        _time.Post(Look);
    }

    /// <summary>Completes when the condition holds. Dispose what it gives to let time go on.</summary>
    /// <exception cref="TimeoutException">The condition did not hold within the limit.</exception>
    public async Task<IDisposable> ReachedAsync(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.Register(() => _reached.TrySetCanceled(cancellationToken));
        try
        {
            // In the waiter's own context, if it has one: then time goes on only when that has been given its turn.
            return await _reached.Task;
        }
        finally
        {
            _changes.Dispose();
            _world.Guests.Changed -= Plan;
        }
    }

    private void Plan()
    {
        if (!_planned)
        {
            _planned = true;
            _time.After(Moment, () =>
            {
                _planned = false;
                Look();
            });
        }
    }

    private void Look()
    {
        if (_reached.Task.IsCompleted)
        {
            return;
        }

        try
        {
            if (_condition())
            {
                var hold = _time.Busy();
                if (!_reached.TrySetResult(hold))
                {
                    hold.Dispose();
                }
            }
            else if (_time.GetUtcNow() >= _deadline)
            {
                _reached.TrySetException(new TimeoutException($"Not within {_limit} of simulated time: {_what}"));
            }
            else
            {
                // A condition on the clock itself changes without anything else.
                var left = _deadline - _time.GetUtcNow();
                _fallback?.Dispose();
                _fallback = _time.After(left < Longest ? left : Longest, Look);
            }
        }
        catch (Exception exception)
        {
            // The condition is the waiter's own code: it is told.
            _reached.TrySetException(exception);
        }
    }
}
