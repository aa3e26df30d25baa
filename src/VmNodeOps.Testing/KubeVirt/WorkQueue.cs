using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>The work queue of a controller: each key at most once at a time, failures retried with a back-off of their own.</summary>
/// <remarks>
/// The back-off is the workqueue default: 5 ms doubled with each failure of the key, up to 1000 s. A change of the object enqueues it at
/// once and does not wait for the back-off, which is why a nudge helps an instance that was refused for long.
/// </remarks>
internal sealed class WorkQueue(SimulatedTime time, Func<bool> isActive, Action<string> reconcile)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1000);
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _failures = new(StringComparer.Ordinal);

    public void Enqueue(string key)
    {
        if (_waiting.Add(key))
        {
            time.Post(() => Process(key));
        }
    }

    public void EnqueueAfter(string key, TimeSpan delay) => time.After(delay, () => Enqueue(key));

    /// <summary>Works on the key before returning; for what must be said before something else happens.</summary>
    public void RunNow(string key) => Process(key);

    /// <summary>A new process starts with no memory of failures.</summary>
    public void Forget() => _failures.Clear();

    private void Process(string key)
    {
        _waiting.Remove(key);
        if (!isActive())
        {
            // Whoever leads next lists everything and starts from there.
            return;
        }

        try
        {
            reconcile(key);
            _failures.Remove(key);
        }
        catch (ApiErrorException refusal)
        {
            var failures = _failures.GetValueOrDefault(key);
            _failures[key] = failures + 1;
            var backOff = failures < 18 ? First * Math.Pow(2, failures) : Longest;
            EnqueueAfter(key, (backOff < Longest ? backOff : Longest) + refusal.Delay);
        }
    }
}
