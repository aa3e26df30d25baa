namespace VmNodeOps;

/// <summary>Who of a batch may work when: all are prepared first, then so many at a time in their order, and nobody more after trouble.</summary>
internal sealed class BatchTurns(IReadOnlyList<string> nodes, BatchOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, TaskCompletionSource<string?>> _waiting = [];
    private readonly HashSet<int> _prepared = [];
    private int _working;
    private string? _stopped;

    /// <summary>Whose machines are released when, among the nodes that are at work.</summary>
    public ReleaseOrder ReleaseOrder { get; } = new(time);

    /// <summary>Waits until a node may be worked on.</summary>
    /// <returns>Null when it may; else why it may not any more.</returns>
    public async Task<string?> EnterAsync(int node, CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _prepared.Add(node);
            _waiting.Add(node, turn);
            Admit();
        }

        await using (cancellationToken.Register(() => Leave(node, turn, cancellationToken)).ConfigureAwait(false))
        {
            return await turn.Task.ConfigureAwait(false);
        }
    }

    /// <summary>A node is done with, well or not, whether it had its turn or ended before.</summary>
    /// <param name="node">The node.</param>
    /// <param name="hadTurn">Whether it worked.</param>
    /// <param name="trouble">What went wrong; null if nothing.</param>
    public void End(int node, bool hadTurn, string? trouble)
    {
        ReleaseOrder.Leave(nodes[node]);
        lock (_gate)
        {
            _prepared.Add(node);
            _working -= hadTurn ? 1 : 0;
            _stopped ??= options.StopOnTrouble ? trouble : null;
            Admit();
        }
    }

    /// <summary>Under the lock. Nobody begins before everybody is there: that all are prepared is wished for, or else the order of their turns.</summary>
    private void Admit()
    {
        if (_prepared.Count < nodes.Count)
        {
            return;
        }

        while (_waiting.Count > 0 && (_stopped is not null || _working < options.MaxNodesAtOnce))
        {
            var (node, turn) = _waiting.First();
            _waiting.Remove(node);
            if (_stopped is null)
            {
                // Before it can go on: those that begin together wait for each other.
                ReleaseOrder.Expect(nodes[node]);
            }

            if (turn.TrySetResult(_stopped) && _stopped is null)
            {
                _working++;
            }
        }
    }

    private void Leave(int node, TaskCompletionSource<string?> turn, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (turn.TrySetCanceled(cancellationToken))
            {
                _waiting.Remove(node);
            }
        }
    }
}

/// <summary>One node's turn in a batch.</summary>
internal sealed class BatchTurn(BatchTurns turns, int node)
{
    private bool _entered;

    /// <inheritdoc cref="BatchTurns.ReleaseOrder"/>
    public ReleaseOrder ReleaseOrder => turns.ReleaseOrder;

    /// <inheritdoc cref="BatchTurns.EnterAsync"/>
    public async Task<string?> EnterAsync(CancellationToken cancellationToken)
    {
        var why = await turns.EnterAsync(node, cancellationToken).ConfigureAwait(false);
        _entered = why is null;
        return why;
    }

    /// <summary>The node's run is over.</summary>
    public void End(string? trouble) => turns.End(node, _entered, trouble);
}
