namespace VmNodeOps.Testing.Faults;

/// <summary>A rule in force: tells how often it struck, and takes itself away when disposed.</summary>
public sealed class ActiveFault : IDisposable
{
    private readonly Action<ActiveFault> _remove;
    private readonly Random _random;
    private int _matched;
    private int _fired;

    internal ActiveFault(FaultRule rule, Action<ActiveFault> remove)
    {
        Rule = rule;
        _remove = remove;
        // A sequence to repeat, not a secret.
#pragma warning disable CA5394
        _random = new Random(rule.Seed);
#pragma warning restore CA5394
    }

    /// <summary>The rule.</summary>
    public FaultRule Rule { get; }

    /// <summary>How many requests it matched, whether they went wrong or not.</summary>
    public int Matched => Volatile.Read(ref _matched);

    /// <summary>How many requests it made go wrong.</summary>
    public int Fired => Volatile.Read(ref _fired);

    /// <summary>Takes the rule away. What it counted stays.</summary>
    public void Dispose() => _remove(this);

    /// <summary>Called under the lock of the rules, for a request that matches.</summary>
    internal bool Strikes()
    {
        _matched++;
#pragma warning disable CA5394
        var drawn = Rule.Probability >= 1 || _random.NextDouble() < Rule.Probability;
#pragma warning restore CA5394
        if (!drawn || _matched <= Rule.Skip || _fired >= (Rule.Times ?? int.MaxValue))
        {
            return false;
        }

        _fired++;
        return true;
    }
}
