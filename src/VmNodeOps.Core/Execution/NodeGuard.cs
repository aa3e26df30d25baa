using Microsoft.Extensions.Logging;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Keeps the node of a run in view: one watch, and a read of its own whenever the watch's last word is too old for what is to be done.</summary>
/// <remarks>A watch that has gone deaf looks like a node that does not change. So age counts from the last thing heard, whichever way.</remarks>
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
    private Node? _current;
    private long _heard;
    private ClusterException? _fault;

    internal NodeGuard(IClusterReader<Node> nodes, Node node, TimeProvider time, ILogger logger)
    {
        _nodes = nodes;
        _time = time;
        _logger = logger;
        _name = node.Name;
        Planned = node;
        Expected = node;
        _current = node;
        _heard = time.GetTimestamp();
        _watch = Task.Run(WatchAsync);
    }

    /// <summary>The node as the plan saw it.</summary>
    public Node Planned { get; }

    /// <summary>The node that writes are for: as planned, or in the boot that a step has waited for and accepted.</summary>
    public Node Expected { get; private set; }

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

    /// <summary>The node, not older than that: from the watch if it has spoken lately, else read now. Callers at once share one read.</summary>
    /// <exception cref="ClusterException">The node can no longer be watched or read.</exception>
    public async Task<Node?> LookAsync(TimeSpan maximumAge, CancellationToken cancellationToken)
    {
        Task<Node?> reading;
        lock (_gate)
        {
            if (_fault is not null)
            {
                throw new ClusterException(_fault.Cause, $"Node {_name} can no longer be watched. {_fault.Message}", _fault);
            }

            if (_time.GetElapsedTime(_heard) <= maximumAge)
            {
                return _current;
            }

            reading = _reading ??= Task.Run(ReadAsync, CancellationToken.None);
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
            lock (_gate)
            {
                if (condition(_current))
                {
                    return _current;
                }

                if (_fault is not null)
                {
                    throw new ClusterException(_fault.Cause, $"Node {_name} can no longer be watched. {_fault.Message}", _fault);
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Goes on with a node that has booted since: for steps that wait for the node's return, and for them only.</summary>
    /// <exception cref="WriteRefusedException">It is another object under the same name.</exception>
    public void AcceptReboot(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node.Uid != Planned.Uid)
        {
            throw new WriteRefusedException("NodeReplaced", $"Node {_name} is another object by now (uid {node.Uid}, was {Planned.Uid}); plan again.");
        }

        Expected = node;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task<Node?> ReadAsync()
    {
        var asked = _time.GetTimestamp();
        try
        {
            var node = await _nodes.FindAsync(_name, _stop.Token).ConfigureAwait(false);
            Hear(node, asked);
            return node;
        }
        finally
        {
            lock (_gate)
            {
                _reading = null;
            }
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            await foreach (var change in _nodes.WatchAsync(Selection.Named(_name), cancellationToken: _stop.Token).ConfigureAwait(false))
            {
                Hear(change);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The run is over.
        }
        catch (ClusterException exception)
        {
            lock (_gate)
            {
                _fault = exception;
            }

            Signal();
        }
    }

    private void Hear(WatchEvent<Node> change)
    {
        switch (change.Kind)
        {
            case WatchEventKind.Added or WatchEventKind.Modified:
                Hear(change.Object, _time.GetTimestamp());
                break;
            case WatchEventKind.Deleted:
                Hear(null, _time.GetTimestamp());
                break;
            case WatchEventKind.Interrupted:
                Log.NodeWatchInterrupted(_logger, _name.Name, change.Error?.Message ?? "");
                break;
            case WatchEventKind.Synchronized:
                lock (_gate)
                {
                    _heard = _time.GetTimestamp();
                }

                break;
        }
    }

    /// <summary>A read that was asked before the watch last spoke does not overwrite what the watch said.</summary>
    private void Hear(Node? node, long asked)
    {
        lock (_gate)
        {
            if (asked < _heard)
            {
                return;
            }

            _current = node;
            _heard = asked;
        }

        Signal();
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
