using System.Globalization;
using Microsoft.Extensions.Logging;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Keeps the node of a run in view: a watch for the news, and a read of its own whenever a destructive write needs a fresh word.</summary>
/// <remarks>
/// <para>A watch that has gone deaf looks like a node that does not change. So only reads make the view fresh, and their age counts from
/// when they were asked: the answer of a stalled connection may be as old as that. The watch tells bad news earlier.</para>
/// <para>News and answers may cross. A read that crossed with the watch does not overwrite it; but a sign of life counts from
/// either and is never forgotten, so that no order of arrival can hide one.</para>
/// </remarks>
public sealed class NodeGuard : IAsyncDisposable
{
    private readonly IClusterReader<Node> _nodes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ObjectName _name;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Task _watch;
    private TaskCompletionSource _changed = NewSignal();
    private Task<Node?>? _reading;
    private long _readingAsked;
    private long? _freshSince;
    private long _told;
    private Node? _current;
    private Node _expected;
    private NodeSilence? _silence;
    private TimeSpan? _slowRead;
    private Exception? _fault;

    internal NodeGuard(IClusterReader<Node> nodes, Node node, TimeProvider time, ILogger logger)
    {
        _nodes = nodes;
        _time = time;
        _logger = logger;
        _name = node.Name;
        Planned = node;
        _expected = node;
        _current = node.IsStandIn() ? null : node;
        _watch = Task.Run(WatchAsync);
    }

    /// <summary>The node as the plan saw it.</summary>
    public Node Planned { get; }

    /// <summary>The node that writes are for: as planned, or in the boot that a step has waited for and accepted.</summary>
    public Node Expected
    {
        get
        {
            lock (_gate)
            {
                return _expected;
            }
        }
    }

    /// <summary>The node as last heard; null if its object is gone.</summary>
    public Node? Current
    {
        get
        {
            lock (_gate)
            {
                return _current;
            }
        }
    }

    /// <summary>The silence on which the run's evidence rests; null if no evidence was confirmed.</summary>
    internal NodeSilence? Silence
    {
        get
        {
            lock (_gate)
            {
                return _silence;
            }
        }
    }

    /// <summary>What keeps the view of the node from being fresh; null if nothing does.</summary>
    internal string? Trouble
    {
        get
        {
            lock (_gate)
            {
                return _slowRead is { } took
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"A read of node {_name} takes {took.TotalSeconds:0.#} s, so its answer is too old to destroy on when it comes. Look at the API server, or allow a greater NodeFreshness.")
                    : null;
            }
        }
    }

    /// <summary>The node, not older than that. Callers at once share one read; one that took longer than that is repeated.</summary>
    /// <param name="maximumAge">How old; <see cref="TimeSpan.MaxValue"/>: as last heard, without a read.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ClusterException">The node can no longer be watched or read.</exception>
    public async Task<Node?> LookAsync(TimeSpan maximumAge, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task reading;
            lock (_gate)
            {
                ThrowIfDeaf();
                if (maximumAge == TimeSpan.MaxValue)
                {
                    return _current;
                }

                if (_freshSince is { } asked && _time.GetElapsedTime(asked) <= maximumAge)
                {
                    _slowRead = null;
                    return _current;
                }

                reading = _reading is { IsCompleted: false } && _time.GetElapsedTime(_readingAsked) <= maximumAge ? _reading : BeginReading();
            }

            await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
            lock (_gate)
            {
                _slowRead = _time.GetElapsedTime(_readingAsked);
            }
        }
    }

    /// <summary>The node by a read that is asked now.</summary>
    /// <exception cref="ClusterException">The node can no longer be watched or read.</exception>
    internal async Task<Node?> ReadNowAsync(CancellationToken cancellationToken)
    {
        Task<Node?> reading;
        lock (_gate)
        {
            ThrowIfDeaf();
            reading = BeginReading();
        }

        return await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Completes when the node, as heard, meets a condition; null stands for a node whose object is gone.</summary>
    /// <exception cref="ClusterException">The node can no longer be watched.</exception>
    public async Task<Node?> WaitUntilAsync(Func<Node?, bool> condition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(condition);
        while (true)
        {
            Task changed;
            Node? current;
            lock (_gate)
            {
                (changed, current) = (_changed.Task, _current);
            }

            // Outside the lock: it is the caller's code.
            if (condition(current))
            {
                return current;
            }

            lock (_gate)
            {
                ThrowIfDeaf();
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Goes on with a node that has booted since: for steps that wait for the node's return, and for them only. Evidence that it was down is void from then on.</summary>
    /// <exception cref="WriteRefusedException">It is another object under the same name.</exception>
    public void AcceptReboot(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node.Uid != Planned.Uid)
        {
            throw new WriteRefusedException("NodeReplaced", $"Node {_name} is another object by now (uid {node.Uid}, was {Planned.Uid}); plan again.");
        }

        lock (_gate)
        {
            _expected = node;
            _silence = null;
        }
    }

    /// <summary>From now on evidence holds as long as the node gives no sign of life. Replaces what was held before.</summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="baseline">The node as read before the evidence was asked for: what it does from then on counts.</param>
    internal NodeSilence Hold(FencingEvidence evidence, Node baseline)
    {
        var silence = new NodeSilence(evidence, baseline);
        lock (_gate)
        {
            silence.Judge(_current);
            _silence = silence;
        }

        if (silence.BrokenBy is not null)
        {
            silence.Tell();
        }

        return silence;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Task? reading;
        lock (_gate)
        {
            reading = _reading;
        }

        await _watch.ConfigureAwait(false);
        if (reading is not null)
        {
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _silence?.Dispose();
        _stop.Dispose();
    }

    /// <summary>Under the lock. A read under way that is too old goes on; its answer still counts as news.</summary>
    private Task<Node?> BeginReading()
    {
        _readingAsked = _time.GetTimestamp();
        var (asked, told) = (_readingAsked, _told);
        return _reading = Task.Run(() => ReadAsync(asked, told));
    }

    private async Task<Node?> ReadAsync(long asked, long told)
    {
        var node = await _nodes.FindAsync(_name, _stop.Token).ConfigureAwait(false);
        Hear(node, () =>
        {
            _freshSince = _freshSince is { } fresh && fresh > asked ? fresh : asked;
            return _told == told;
        });
        return node;
    }

    private async Task WatchAsync()
    {
        Exception fault;
        try
        {
            await foreach (var change in _nodes.WatchAsync(Selection.Named(_name), cancellationToken: _stop.Token).ConfigureAwait(false))
            {
                Hear(change);
            }

            fault = new ClusterException($"The watch on node {_name} ended.");
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            // Whatever it is, the guard is deaf now; whoever needs it next is told.
            fault = exception;
        }

        lock (_gate)
        {
            _fault = fault;
        }

        Signal();
    }

    private void Hear(WatchEvent<Node> change)
    {
        switch (change.Kind)
        {
            case WatchEventKind.Added or WatchEventKind.Modified:
                Hear(change.Object, Told);
                break;
            case WatchEventKind.Deleted:
                Hear(null, Told);
                break;
            case WatchEventKind.Interrupted:
                Log.NodeWatchBroke(_logger, _name.Name, change.Error?.Message);
                break;
        }

        bool Told()
        {
            _told++;
            return true;
        }
    }

    /// <param name="node">What was heard.</param>
    /// <param name="isNewest">Under the lock: notes it, and says whether it is newer than what is known.</param>
    private void Hear(Node? node, Func<bool> isNewest)
    {
        NodeSilence? broken;
        lock (_gate)
        {
            if (isNewest())
            {
                _current = node;
            }

            broken = _silence?.Judge(node) == true ? _silence : null;
        }

        broken?.Tell();
        Signal();
    }

    private void ThrowIfDeaf()
    {
        if (_fault is not null)
        {
            var cause = (_fault as ClusterException)?.Cause ?? ClusterErrorCause.Unknown;
            throw new ClusterException(cause, $"Node {_name} can no longer be watched. {_fault.Message}", _fault);
        }
    }

    private void Signal()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
