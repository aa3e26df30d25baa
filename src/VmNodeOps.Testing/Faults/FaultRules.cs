using VmNodeOps.Testing.Hosting;

namespace VmNodeOps.Testing.Faults;

/// <summary>The faults of a simulated API server: each request is held against the rules in the order in which they were added.</summary>
/// <remarks>
/// Delays of all rules that strike add up; of the other effects the first counts. A rule struck when its effect was put upon a request, and
/// only then is counted as fired. All members are thread-safe.
/// </remarks>
#pragma warning disable CA1001 // The lock lives and dies with the rules, and holds nothing that outlives them.
public sealed class FaultRules
#pragma warning restore CA1001
{
    private readonly Lock _gate = new();
    private readonly List<ActiveFault> _rules = [];
    private readonly List<Func<LoggedRequest, bool>> _dropped = [];
    private readonly ReaderWriterLockSlim _applying = new();
    private readonly Action<Func<LoggedRequest, bool>> _abort;

    internal FaultRules(Action<Func<LoggedRequest, bool>> abort) => _abort = abort;

    /// <summary>The rules in force.</summary>
    public IReadOnlyList<ActiveFault> Active
    {
        get
        {
            lock (_gate)
            {
                return [.. _rules];
            }
        }
    }

    /// <summary>Puts a rule in force.</summary>
    /// <returns>The rule's counters; dispose it to take the rule away.</returns>
    public ActiveFault Add(FaultRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var active = new ActiveFault(rule, Remove);
        lock (_gate)
        {
            _rules.Add(active);
        }

        return active;
    }

    /// <summary>Takes all rules away and lets dropped clients speak again.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _rules.Clear();
            _dropped.Clear();
        }
    }

    /// <summary>
    /// Makes a client dead to the server: its open requests and watches are cut, and from the moment this returns nothing that it sends is
    /// applied. For tests of a run that died and whose last bytes must not arrive after all.
    /// </summary>
    /// <param name="userAgent">A part of its User-Agent header; null if <paramref name="user"/> tells.</param>
    /// <param name="user">Its user name; null if <paramref name="userAgent"/> tells.</param>
    /// <returns>Dispose it to let the client speak again.</returns>
    public IDisposable DropClient(string? userAgent = null, string? user = null)
    {
        if (userAgent is null && user is null)
        {
            throw new ArgumentException("Say which client: by user agent, by user, or both.", nameof(userAgent));
        }

        bool Dropped(LoggedRequest request) =>
            (userAgent is null || request.UserAgent?.Contains(userAgent, StringComparison.Ordinal) == true)
            && (user is null || request.User == user);

        // Waits for those requests that are being applied at this moment.
        _applying.EnterWriteLock();
        try
        {
            lock (_gate)
            {
                _dropped.Add(Dropped);
            }
        }
        finally
        {
            _applying.ExitWriteLock();
        }

        _abort(Dropped);
        return new Undrop(this, Dropped);
    }

    /// <summary>What goes wrong with this request. Counts.</summary>
    internal FaultPlan Strike(LoggedRequest request)
    {
        if (IsDropped(request))
        {
            return new FaultPlan { Dropped = true, Label = "dropped client" };
        }

        var plan = FaultPlan.None;
        lock (_gate)
        {
            foreach (var active in _rules)
            {
                if (active.Rule.Matches(request) && plan.HasRoomFor(active.Rule.Effect, request) && active.Strikes())
                {
                    plan = plan.With(active.Rule, request);
                }
            }
        }

        return plan;
    }

    /// <summary>Does the work of a request, unless its client has been dropped meanwhile.</summary>
    internal bool TryApply(LoggedRequest request, Action work)
    {
        _applying.EnterReadLock();
        try
        {
            if (IsDropped(request))
            {
                return false;
            }

            work();
            return true;
        }
        finally
        {
            _applying.ExitReadLock();
        }
    }

    private bool IsDropped(LoggedRequest request)
    {
        lock (_gate)
        {
            return _dropped.Exists(dropped => dropped(request));
        }
    }

    private void Remove(ActiveFault active)
    {
        lock (_gate)
        {
            _rules.Remove(active);
        }
    }

    private sealed class Undrop(FaultRules rules, Func<LoggedRequest, bool> dropped) : IDisposable
    {
        public void Dispose()
        {
            lock (rules._gate)
            {
                rules._dropped.Remove(dropped);
            }
        }
    }
}
