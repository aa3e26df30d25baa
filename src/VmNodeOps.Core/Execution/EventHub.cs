using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace VmNodeOps;

/// <summary>Numbers a run's events and hands them to every consumer through a queue of its own, so that no consumer can hold up the run or another one.</summary>
internal sealed class EventHub(string nodeName, TimeProvider time, ILogger logger, EventHub? relay = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly List<ChannelWriter<MaintenanceEvent>> _queues = [];
    private readonly List<Task> _pumps = [];
    private long _sequence;

    /// <summary>Adds a consumer that gets every event from now on.</summary>
    public ChannelReader<MaintenanceEvent> Subscribe()
    {
        var queue = Channel.CreateUnbounded<MaintenanceEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_gate)
        {
            _queues.Add(queue.Writer);
        }

        return queue.Reader;
    }

    public void Attach(IMaintenanceObserver observer)
    {
        var events = Subscribe();
        _pumps.Add(Task.Run(() => PumpAsync(observer, events)));
    }

    /// <summary>Numbering and queueing are one act: every consumer sees the same order.</summary>
    public void Publish(MaintenanceEvent maintenanceEvent)
    {
        lock (_gate)
        {
            var numbered = maintenanceEvent with { Sequence = ++_sequence, At = time.GetUtcNow(), NodeName = nodeName };
            foreach (var queue in _queues)
            {
                queue.TryWrite(numbered);
            }

            relay?.Pass(numbered);
        }
    }

    /// <summary>Hands on what a node's run has told, as it was told.</summary>
    private void Pass(MaintenanceEvent told)
    {
        lock (_gate)
        {
            foreach (var queue in _queues)
            {
                queue.TryWrite(told);
            }
        }
    }

    /// <summary>No more events; gives slow observers a few seconds.</summary>
    public async Task CompleteAsync()
    {
        lock (_gate)
        {
            foreach (var queue in _queues)
            {
                queue.TryComplete();
            }
        }

        try
        {
            await Task.WhenAll(_pumps).WaitAsync(Patience, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.ObserverTooSlow(logger, nodeName, Patience);
        }
    }

    private async Task PumpAsync(IMaintenanceObserver observer, ChannelReader<MaintenanceEvent> events)
    {
        try
        {
            await foreach (var maintenanceEvent in events.ReadAllAsync().ConfigureAwait(false))
            {
                await observer.OnEventAsync(maintenanceEvent, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            // Foreign code: whatever it throws ends its own subscription and nothing else.
            Log.ObserverFailed(logger, nodeName, exception);
        }
    }
}
