namespace VmNodeOps;

/// <summary>What steps of one run tell each other, by type: the inventory of the node, the evidence that it is down. Thread-safe.</summary>
/// <remarks>A fact that is <see cref="IAsyncDisposable"/>, such as a watch that one step began and another goes on with, is disposed at the end of the run.</remarks>
public sealed class Handover
{
    private readonly Dictionary<Type, object> _facts = [];
    private readonly Lock _gate = new();

    /// <summary>Tells the later steps; replaces what was told of the same type.</summary>
    public void Put<T>(T fact)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(fact);
        lock (_gate)
        {
            _facts[typeof(T)] = fact;
        }
    }

    /// <summary>What an earlier step told; null if none did.</summary>
    public T? Find<T>()
        where T : class
    {
        lock (_gate)
        {
            return _facts.TryGetValue(typeof(T), out var fact) ? (T)fact : null;
        }
    }

    internal async Task DisposeFactsAsync()
    {
        List<IAsyncDisposable> facts;
        lock (_gate)
        {
            facts = [.. _facts.Values.OfType<IAsyncDisposable>()];
        }

        foreach (var fact in facts)
        {
            await fact.DisposeAsync().ConfigureAwait(false);
        }
    }
}
