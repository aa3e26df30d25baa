using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>A plan just made, with what was read for it.</summary>
internal sealed record MaintenancePlanning(MaintenancePlan Plan, Node Node, ClusterReads Reads, Handover Handover)
{
    /// <summary>Reads the node and lets every step plan in turn.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="maintenance">What is planned.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="shared">Listings shared with other plans that are made at the same time; null for none.</param>
    /// <param name="companions">The nodes that are cordoned together with this one; null for none.</param>
    public static async Task<MaintenancePlanning> MakeAsync(
        IClusterClient cluster, NodeMaintenance maintenance, CancellationToken cancellationToken, SharedListings? shared = null,
        IReadOnlyCollection<string>? companions = null)
    {
        var reads = new ClusterReads(cluster, joined: shared?.OfRuns);
        var node = maintenance.Steps.Any(step => step is IActsOnMissingNode)
            ? await NodeReading.ReadOrStandInAsync(reads, maintenance.NodeName, cancellationToken).ConfigureAwait(false)
            : await NodeReading.ReadAsync(reads, maintenance.NodeName, cancellationToken).ConfigureAwait(false);
        var serverTime = await reads.Server.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        var context = new PlanningContext(node, shared is null ? reads : new ClusterReads(cluster, shared), maintenance.Options, new Handover(), serverTime)
        {
            Companions = companions ?? [],
            Steps = maintenance.Steps,
        };
        var steps = new List<StepPlan>();
        foreach (var step in maintenance.Steps)
        {
            steps.Add(await step.PlanAsync(context, cancellationToken).ConfigureAwait(false));
        }

        var plan = new MaintenancePlan
        {
            NodeName = node.Name.Name,
            NodeUid = node.Uid,
            BootId = node.BootId,
            NodeReady = node.Ready,
            Unschedulable = node.Unschedulable,
            MadeAt = serverTime,
            Steps = steps,
            VirtualMachines = PlannedVirtualMachine.Of(context.Handover, node),
            Rights = [.. Rights(node, maintenance.Options).Concat(steps.SelectMany(step => step.Rights)).Distinct()],
        };
        return new MaintenancePlanning(plan, node, reads, context.Handover);
    }

    /// <summary>What every run needs, whatever its steps are.</summary>
    private static IEnumerable<AccessQuestion> Rights(Node node, MaintenanceOptions options) =>
    [
        new() { Verb = "get", Group = "", Resource = "nodes", Name = node.Name.Name },
        .. options.Lock is null ? [] : NodeLockTaking.Rights(options.Lock),
    ];
}
