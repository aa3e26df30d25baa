namespace VmNodeOps;

/// <summary>Lets the runs of a batch release machines of a higher rank first, whichever node they were on.</summary>
/// <remarks>
/// An order and no lock: who waits for others waits no longer than <see cref="Patience"/>, because a machine that could run by now must not stay down for the sake of one that is held up elsewhere.
/// Nodes that wait for their turn in the batch are not waited for.
/// </remarks>
internal sealed class ReleaseOrder(TimeProvider time)
{
    /// <summary>How long others are waited for, each time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();

    /// <summary>The nodes at work, with the rank that each releases next; null while one is on its way there.</summary>
    private readonly Dictionary<string, ReleaseRank?> _next = [];
    private TaskCompletionSource _change = NewSignal();

    /// <summary>A node is at work and will come.</summary>
    public void Expect(string node) => Set(node, rank: null);

    /// <summary>A node has released what it had, or will not come any more.</summary>
    public void Leave(string node)
    {
        lock (_gate)
        {
            if (_next.Remove(node))
            {
                Tell();
            }
        }
    }

    /// <summary>Waits until no node at work has something of a higher rank to release.</summary>
    public async Task AwaitAsync(string node, ReleaseRank rank, CancellationToken cancellationToken)
    {
        Set(node, rank);
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_next.All(other => other.Key == node || (other.Value is { } its && its.CompareTo(rank) <= 0)))
                {
                    return;
                }

                change = _change.Task;
            }

            await change.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (patience.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private void Set(string node, ReleaseRank? rank)
    {
        lock (_gate)
        {
            _next[node] = rank;
            Tell();
        }
    }

    /// <summary>Under the lock.</summary>
    private void Tell()
    {
        var told = _change;
        _change = NewSignal();
        told.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
