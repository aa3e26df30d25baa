using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>One run of one batch: all plans, then every node's own run, each when its turn has come.</summary>
internal sealed class BatchRun(MaintenanceBatch batch, BatchRunner runner, EventHub events, TimeProvider time)
{
    public async Task<BatchReport> RunAsync(IReadOnlyList<(NodeMaintenance Maintenance, MaintenancePlanning Planning)> nodes, BatchPlan? approved, CancellationToken cancellationToken)
    {
        var startedAt = time.GetUtcNow();
        var reports = Refuse(nodes, approved, startedAt) ?? await RunAllAsync(nodes, approved, cancellationToken).ConfigureAwait(false);
        var report = BatchReport.Of(reports, startedAt, time.GetUtcNow());
        events.Publish(new BatchFinished { Report = report });
        return report.Result == MaintenanceResult.Cancelled && cancellationToken.IsCancellationRequested ? throw new BatchCanceledException(report, cancellationToken) : report;
    }

    /// <summary>Where one plan is refused and trouble stops the batch, nothing at all is begun.</summary>
    private MaintenanceReport[]? Refuse(IReadOnlyList<(NodeMaintenance Maintenance, MaintenancePlanning Planning)> nodes, BatchPlan? approved, DateTimeOffset now)
    {
        if (approved is not null && !approved.Nodes.Select(static plan => plan.NodeName).SequenceEqual(nodes.Select(static node => node.Planning.Plan.NodeName)))
        {
            var was = string.Join(", ", approved.Nodes.Select(static plan => plan.NodeName));
            return [.. nodes.Select(node => NotBegun(node.Planning.Plan, $"The plan was for nodes {was}. Nothing was written. Make a new plan and approve it.", now))];
        }

        if (!batch.Options.StopOnTrouble)
        {
            return null;
        }

        var refusals = nodes.Select(node => MaintenanceRun.Refuse(node.Planning.Plan, ApprovedOf(approved, node.Planning.Plan.NodeName), now)).ToList();
        if (refusals.FirstOrDefault(static refusal => refusal is not null) is not { } first)
        {
            return null;
        }

        return [.. nodes.Zip(refusals, (node, refusal) => refusal ?? NotBegun(node.Planning.Plan, $"Not begun, because node {first.NodeName} was refused.", now))];
    }

    private async Task<MaintenanceReport[]> RunAllAsync(
        IReadOnlyList<(NodeMaintenance Maintenance, MaintenancePlanning Planning)> nodes, BatchPlan? approved, CancellationToken cancellationToken)
    {
        var turns = new BatchTurns([.. nodes.Select(static node => node.Planning.Plan.NodeName)], batch.Options, time);
        return await Task.WhenAll(nodes.Select((node, index) =>
            Task.Run(() => RunOneAsync(node.Maintenance, node.Planning, ApprovedOf(approved, node.Planning.Plan.NodeName), new BatchTurn(turns, index), cancellationToken), CancellationToken.None)))
            .ConfigureAwait(false);
    }

    private async Task<MaintenanceReport> RunOneAsync(
        NodeMaintenance maintenance, MaintenancePlanning planning, MaintenancePlan? approved, BatchTurn turn, CancellationToken cancellationToken)
    {
        MaintenanceReport? report = null;
        try
        {
            report = batch.Options.PrepareAllFirst
                ? await runner.RunAsync(maintenance, planning, approved, turn, events, cancellationToken).ConfigureAwait(false)
                : await RunWholeAsync(maintenance, planning, approved, turn, cancellationToken).ConfigureAwait(false);
        }
        catch (MaintenanceCanceledException exception) when (exception.Report is not null)
        {
            report = exception.Report;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            report = MaintenanceRun.NotBegun(planning.Plan, MaintenanceResult.Cancelled, "Cancelled before it began. Nothing was written.", [], time.GetUtcNow());
        }
        catch (ClusterException exception)
        {
            // Trouble of one node is its own outcome; the others have theirs.
            report = MaintenanceRun.NotBegun(planning.Plan, MaintenanceResult.Failed, $"{exception.Message} Nothing was written.", [], time.GetUtcNow());
        }
        finally
        {
            turn.End(report is { Succeeded: true } ? null : $"node {planning.Plan.NodeName} did not succeed: {report?.Summary ?? "it failed"}");
        }

        return report;
    }

    /// <summary>Nothing of the node is done before its turn, and its plan is made anew then: what was read at the beginning may be hours old.</summary>
    private async Task<MaintenanceReport> RunWholeAsync(
        NodeMaintenance maintenance, MaintenancePlanning planning, MaintenancePlan? approved, BatchTurn turn, CancellationToken cancellationToken)
    {
        if (await turn.EnterAsync(cancellationToken).ConfigureAwait(false) is { } why)
        {
            return NotBegun(planning.Plan, $"Not begun, because {why}", time.GetUtcNow());
        }

        var fresh = await runner.PlanAsync(maintenance, null, cancellationToken).ConfigureAwait(false);
        return await runner.RunAsync(maintenance, fresh, approved, null, events, cancellationToken).ConfigureAwait(false);
    }

    private static MaintenancePlan? ApprovedOf(BatchPlan? approved, string nodeName) => approved?.Nodes.First(plan => plan.NodeName == nodeName);

    private static MaintenanceReport NotBegun(MaintenancePlan plan, string why, DateTimeOffset now) =>
        MaintenanceRun.NotBegun(plan, MaintenanceResult.Refused, why, [.. plan.Steps.SelectMany(static step => step.Findings)], now);
}

/// <summary>What a batch needs of the runner that it belongs to: plans and runs of single nodes.</summary>
internal sealed record BatchRunner
{
    /// <summary>Makes the plan of one node; listings of the whole cluster are shared, where there is something to share them with.</summary>
    public required Func<NodeMaintenance, SharedListings?, CancellationToken, Task<MaintenancePlanning>> PlanAsync { get; init; }

    /// <summary>Runs one node, its events relayed.</summary>
    public required Func<NodeMaintenance, MaintenancePlanning, MaintenancePlan?, BatchTurn?, EventHub, CancellationToken, Task<MaintenanceReport>> RunAsync { get; init; }
}
