using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>
/// A controller's queue of keys. A key waits there once, however many events name it, and is worked on the simulation's thread; an API
/// refusal puts it back with a delay that doubles, as client-go's rate limiter does.
/// </summary>
internal sealed class WorkQueue<TKey>(SimulatedTime time, TimeSpan delay, Action<TKey> work) : IDisposable
    where TKey : notnull
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(5);

    private readonly Queue<TKey> _order = new();
    private readonly HashSet<TKey> _waiting = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private bool _scheduled;
    private bool _disposed;

    public void Add(TKey key)
    {
        if (_disposed || !_waiting.Add(key))
        {
            return;
        }

        _order.Enqueue(key);
        Schedule();
    }

    public void AddAfter(TKey key, TimeSpan wait)
    {
        if (wait <= TimeSpan.Zero)
        {
            Add(key);
        }
        else if (!_disposed)
        {
            time.After(wait, () => Add(key));
        }
    }

    public void Dispose() => _disposed = true;

    private void Schedule()
    {
        if (_scheduled)
        {
            return;
        }

        _scheduled = true;
        if (delay > TimeSpan.Zero)
        {
            time.After(delay, Drain);
        }
        else
        {
            time.Post(Drain);
        }
    }

    /// <summary>Works what waits now; what is added meanwhile takes its own turn, after the events that the work caused.</summary>
    private void Drain()
    {
        _scheduled = false;
        for (var count = _order.Count; count > 0 && !_disposed; count--)
        {
            var key = _order.Dequeue();
            _waiting.Remove(key);
            Work(key);
        }
    }

    private void Work(TKey key)
    {
        try
        {
            work(key);
            _failures.Remove(key);
        }
        catch (ApiErrorException)
        {
            var failures = _failures[key] = _failures.GetValueOrDefault(key) + 1;
            var wait = FirstRetry * Math.Pow(2, Math.Min(failures - 1, 20));
            AddAfter(key, wait < LastRetry ? wait : LastRetry);
        }
    }
}
