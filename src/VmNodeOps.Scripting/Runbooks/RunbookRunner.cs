using VmNodeOps.Cluster;

namespace VmNodeOps.Scripting;

/// <summary>Plans and runs runbooks on one cluster. Thread-safe.</summary>
public sealed class RunbookRunner
{
    private readonly INodeMaintenanceRunner _runner;

    /// <summary>Makes a runner of runbooks over one of maintenances.</summary>
    public RunbookRunner(INodeMaintenanceRunner runner)
    {
        ArgumentNullException.ThrowIfNull(runner);
        _runner = runner;
    }

    /// <summary>Says what the runbook would do now with each node. Reads only.</summary>
    /// <exception cref="ClusterException">There is no such node, or the cluster could not be read.</exception>
    public async Task<IReadOnlyList<MaintenancePlan>> PlanAsync(BoundRunbook runbook, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runbook);
        var plans = new List<MaintenancePlan>();
        foreach (var maintenance in runbook.Maintenances)
        {
            plans.Add(await _runner.PlanAsync(maintenance, cancellationToken).ConfigureAwait(false));
        }

        return plans;
    }

    /// <summary>Runs a runbook: its nodes in order, as many at once as it says.</summary>
    /// <param name="runbook">What to do.</param>
    /// <param name="observer">Hears of the events of every node; null for none.</param>
    /// <param name="cancellationToken">Ends the runs in good order; no further node is begun.</param>
    /// <returns>What happened, of runs that were cancelled too: with several nodes there is more to tell than one exception carries.</returns>
    public Task<RunbookReport> RunAsync(BoundRunbook runbook, IMaintenanceObserver? observer = null, CancellationToken cancellationToken = default) =>
        RunAsync(runbook, (maintenance, token) => _runner.RunAsync(maintenance, observer: observer, cancellationToken: token), cancellationToken);

    /// <summary>The same with another way to run one node: to show it, to hold it to an approved plan.</summary>
    internal static async Task<RunbookReport> RunAsync(
        BoundRunbook runbook, Func<NodeMaintenance, CancellationToken, Task<MaintenanceReport>> runOne, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runbook);
        using var slots = new SemaphoreSlim(runbook.Parallel);
        string? stoppedBy = null;
        var running = new List<Task<RunbookNodeReport>>();
        foreach (var maintenance in runbook.Maintenances)
        {
            await slots.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            if (Volatile.Read(ref stoppedBy) is not null || cancellationToken.IsCancellationRequested)
            {
                slots.Release();
                running.Add(Task.FromResult(NotBegun(maintenance, stoppedBy)));
                continue;
            }

            running.Add(RunInSlotAsync(maintenance));
        }

        return new RunbookReport { Runbook = runbook.Name, Nodes = await Task.WhenAll(running).ConfigureAwait(false) };

        async Task<RunbookNodeReport> RunInSlotAsync(NodeMaintenance maintenance)
        {
            try
            {
                var report = await RunOneAsync(maintenance, runOne, cancellationToken).ConfigureAwait(false);
                if (report.Report is not { Succeeded: true } && runbook.OnFailure != RunbookFailure.Continue)
                {
                    Interlocked.CompareExchange(ref stoppedBy, maintenance.NodeName, null);
                }

                return report;
            }
            finally
            {
                slots.Release();
            }
        }
    }

    private static async Task<RunbookNodeReport> RunOneAsync(
        NodeMaintenance maintenance, Func<NodeMaintenance, CancellationToken, Task<MaintenanceReport>> runOne, CancellationToken cancellationToken)
    {
        try
        {
            return new RunbookNodeReport { NodeName = maintenance.NodeName, Report = await runOne(maintenance, cancellationToken).ConfigureAwait(false) };
        }
        catch (MaintenanceCanceledException exception) when (exception.Report is not null)
        {
            return new RunbookNodeReport { NodeName = maintenance.NodeName, Report = exception.Report };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return NotBegun(maintenance, null);
        }
        catch (ClusterException exception)
        {
            return new RunbookNodeReport { NodeName = maintenance.NodeName, Error = exception, Message = $"Node {maintenance.NodeName}: {exception.Message} Nothing was written." };
        }
    }

    private static RunbookNodeReport NotBegun(NodeMaintenance maintenance, string? stoppedBy) => new()
    {
        NodeName = maintenance.NodeName,
        Cancelled = stoppedBy is null,
        Message = stoppedBy is null
            ? $"Node {maintenance.NodeName} was not begun: cancelled."
            : $"Node {maintenance.NodeName} was not begun: {stoppedBy} did not succeed.",
    };
}
