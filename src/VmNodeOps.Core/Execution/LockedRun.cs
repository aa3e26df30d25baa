using Microsoft.Extensions.Logging;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Takes the node's lock, runs, and gives it free, whatever became of the run.</summary>
internal sealed class LockedRun(
    IClusterClient cluster, NodeMaintenance maintenance, MaintenancePlan? approved, EventHub events, TimeProvider time, ILogger logger, BatchTurn? turn = null)
{
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Whoever cancels wants an end within a second; a lease that could not be deleted by then runs out by itself.</summary>
    private static readonly TimeSpan ReleaseTimeoutOfCancelled = TimeSpan.FromMilliseconds(800);

    public async Task<MaintenanceReport> RunAsync(MaintenancePlanning planning, CancellationToken cancellationToken)
    {
        if (maintenance.Options.Lock is not { } options)
        {
            return await MaintenanceRun.RunAsync(cluster, maintenance, planning, null, [], events, time, logger, cancellationToken, turn).ConfigureAwait(false);
        }

        using var deadline = new CancellationTokenSource(maintenance.Options.Timeout, time);
        var taking = new NodeLockTaking(cluster, planning.Node, options, time, finding => events.Publish(new FindingRaised { Finding = finding }));
        var attempt = await Perseverance.PersevereAsync(taking.TakeAsync, time, deadline.Token, cancellationToken).ConfigureAwait(false);
        if (attempt.Lock is null)
        {
            return MaintenanceRun.NotBegun(planning.Plan, MaintenanceResult.HeldByAnother, attempt.Refusal!, attempt.Findings, time.GetUtcNow());
        }

        Finding? left = null;
        MaintenanceReport report;
        await using (attempt.Lock.ConfigureAwait(false))
        {
            try
            {
                planning = await Perseverance.PersevereAsync(token => LookAgainAsync(planning, token), time, deadline.Token, cancellationToken).ConfigureAwait(false);
                report = MaintenanceRun.Refuse(planning.Plan, approved, time.GetUtcNow())
                    ?? await MaintenanceRun.RunAsync(
                        cluster, maintenance, planning, attempt.Lock, attempt.Findings, events, time, logger, cancellationToken, turn).ConfigureAwait(false);
            }
            finally
            {
                left = await ReleaseAsync(attempt.Lock, cancellationToken.IsCancellationRequested ? ReleaseTimeoutOfCancelled : ReleaseTimeout).ConfigureAwait(false);
            }
        }

        return left is null ? report : report with { Findings = [.. report.Findings, left] };
    }

    /// <summary>Between the plan and the lock somebody else may have acted on the node; if it is not as it was read, the plan is made again.</summary>
    private async Task<MaintenancePlanning> LookAgainAsync(MaintenancePlanning planning, CancellationToken cancellationToken)
    {
        var now = await planning.Reads.Nodes.FindAsync(planning.Node.Name, cancellationToken).ConfigureAwait(false);
        return (now is null && planning.Node.IsStandIn()) || (now is not null && Matters(now).Equals(Matters(planning.Node)))
            ? planning
            : await MaintenancePlanning.MakeAsync(cluster, maintenance, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What an actor of any kind changes. The rest of a node changes with every heartbeat.</summary>
    private static (string Uid, string BootId, ConditionStatus Ready, bool Unschedulable, string? Journal) Matters(Node node) =>
        (node.Uid, node.BootId, node.Ready, node.Unschedulable, node.Annotations.GetValueOrDefault(JournalReading.Pointer));

    private async Task<Finding?> ReleaseAsync(NodeLock nodeLock, TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        try
        {
            await nodeLock.ReleaseAsync(limit.Token).ConfigureAwait(false);
            return null;
        }
        catch (ClusterException exception)
        {
            return Left($"The node's lease could not be deleted and runs out by itself: {exception.Message}");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return Left("The node's lease could not be deleted in time; it runs out by itself.");
        }
    }

    private static Finding Left(string message) => new() { Severity = FindingSeverity.Warning, Code = "LeaseLeft", Message = message };
}
