using System.Runtime.CompilerServices;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <content>Several nodes together.</content>
public sealed partial class MaintenanceRunner
{
    private const int PlansAtOnce = 8;

    /// <inheritdoc/>
    public async Task<BatchPlan> PlanAsync(MaintenanceBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var planned = await PlanAllAsync(batch, cancellationToken).ConfigureAwait(false);
        return new BatchPlan { MaxNodesAtOnce = batch.Options.MaxNodesAtOnce, Nodes = [.. planned.Select(static node => node.Planning.Plan)] };
    }

    /// <inheritdoc/>
    public async Task<BatchReport> RunAsync(
        MaintenanceBatch batch, BatchPlan? approved = null, IMaintenanceObserver? observer = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var events = new EventHub("", _time, _logger);
        if (observer is not null)
        {
            events.Attach(observer);
        }

        return await RunAsync(batch, approved, events, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<MaintenanceEvent> StreamAsync(
        MaintenanceBatch batch, BatchPlan? approved = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var events = new EventHub("", _time, _logger);
        var queue = events.Subscribe();
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var run = RunAsync(batch, approved, events, left.Token);
        try
        {
            // Not by the token: a cancelled batch still tells how it ended.
            await foreach (var maintenanceEvent in queue.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return maintenanceEvent;
            }

            await run.ConfigureAwait(false);
        }
        finally
        {
            await left.CancelAsync().ConfigureAwait(false);
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<BatchReport> RunAsync(MaintenanceBatch batch, BatchPlan? approved, EventHub events, CancellationToken cancellationToken)
    {
        try
        {
            var planned = await PlanAllAsync(batch, cancellationToken).ConfigureAwait(false);
            return await new BatchRun(batch, ForBatch(), events, _time).RunAsync(planned, approved, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await events.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<(NodeMaintenance Maintenance, MaintenancePlanning Planning)>> PlanAllAsync(MaintenanceBatch batch, CancellationToken cancellationToken)
    {
        var maintenances = (await ResolveAsync(batch, cancellationToken).ConfigureAwait(false)).Select(name => batch.On(name).Over(_defaults)).ToList();
        var plannings = new MaintenancePlanning[maintenances.Count];
        await using var shared = new SharedListings(_cluster);
        var cordoned = maintenances.Where(maintenance => batch.Options.PrepareAllFirst && maintenance.Steps.Any(static step => step is CordonStep)).Select(static maintenance => maintenance.NodeName).ToList();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, maintenances.Count),
            new ParallelOptions { MaxDegreeOfParallelism = PlansAtOnce, CancellationToken = cancellationToken },
            async (index, token) => plannings[index] = await MaintenancePlanning.MakeAsync(_cluster, maintenances[index], token, shared, cordoned).ConfigureAwait(false))
            .ConfigureAwait(false);
        return [.. maintenances.Zip(plannings)];
    }

    /// <summary>All nodes by one list, so that every name that is not there is told at once, before anything is done.</summary>
    private async Task<IReadOnlyList<string>> ResolveAsync(MaintenanceBatch batch, CancellationToken cancellationToken)
    {
        if (batch.NodeSelector is { } selector)
        {
            var chosen = await _cluster.Nodes.ListAsync(new Selection { Labels = selector }, cancellationToken).ConfigureAwait(false);
            return chosen.Items.Count > 0
                ? [.. chosen.Items.Select(static node => node.Name.Name)]
                : throw new ClusterException(ClusterErrorCause.NotFound, $"No node of this cluster has labels '{selector}'. Look at them: kubectl get nodes --show-labels");
        }

        var missing = new List<string>();
        // A step that acts on a node whose object is gone looks after that itself.
        foreach (var name in batch.NodeNames.Where(name => !batch.On(name).Steps.Any(static step => step is IActsOnMissingNode)))
        {
            if (await _cluster.Nodes.FindAsync(new ObjectName(name), cancellationToken).ConfigureAwait(false) is null)
            {
                missing.Add(name);
            }
        }

        return missing.Count == 0
            ? batch.NodeNames
            : throw new ClusterException(
                ClusterErrorCause.NotFound,
                $"There is no node {string.Join(", ", missing.Select(static name => $"'{name}'"))} in this cluster. Check the names (kubectl get nodes) and that the context is the right one.");
    }

    private BatchRunner ForBatch() => new()
    {
        PlanAsync = (maintenance, shared, token) => MaintenancePlanning.MakeAsync(_cluster, maintenance, token, shared),
        RunAsync = async (maintenance, planning, approved, turn, relay, token) =>
        {
            var events = new EventHub(maintenance.NodeName, _time, _logger, relay);
            try
            {
                return await MaintenanceRun.ExecuteAsync(_cluster, maintenance, planning, approved, events, _time, _logger, token, turn).ConfigureAwait(false);
            }
            finally
            {
                await events.CompleteAsync().ConfigureAwait(false);
            }
        },
    };
}
