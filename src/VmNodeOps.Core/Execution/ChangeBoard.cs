using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Lets many wait, each for news of its own subject, on what a few watches tell.</summary>
/// <remarks>Ask for the signal first and look second: what changes between the two wakes the waiter.</remarks>
internal sealed class ChangeBoard
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectName, TaskCompletionSource> _signals = [];
    private readonly HashSet<ObjectName> _asked = [];
    private TaskCompletionSource _any = NewSignal();

    /// <summary>Completes at the next news of the subject.</summary>
    public Task Next(ObjectName subject)
    {
        lock (_gate)
        {
            if (!_signals.TryGetValue(subject, out var signal))
            {
                _signals[subject] = signal = NewSignal();
                _asked.Add(subject);
            }

            return signal.Task;
        }
    }

    /// <summary>Whether anybody has ever asked for news of the subject.</summary>
    public bool Knows(ObjectName subject)
    {
        lock (_gate)
        {
            return _asked.Contains(subject);
        }
    }

    /// <summary>Completes at the next news of anything.</summary>
    public Task NextOfAny()
    {
        lock (_gate)
        {
            return _any.Task;
        }
    }

    public void Raise(ObjectName subject)
    {
        TaskCompletionSource? own;
        TaskCompletionSource any;
        lock (_gate)
        {
            _signals.Remove(subject, out own);
            (any, _any) = (_any, NewSignal());
        }

        own?.SetResult();
        any.SetResult();
    }

    /// <summary>Wakes only those who wait for news of anything: something is known better, and no object has changed.</summary>
    public void RaiseAny()
    {
        TaskCompletionSource any;
        lock (_gate)
        {
            (any, _any) = (_any, NewSignal());
        }

        any.SetResult();
    }

    public void RaiseAll()
    {
        List<TaskCompletionSource> signals;
        lock (_gate)
        {
            signals = [.. _signals.Values, _any];
            _signals.Clear();
            _any = NewSignal();
        }

        foreach (var signal in signals)
        {
            signal.SetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
