using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Evicts the virtual machines of the node, in whichever way KubeVirt and their strategies have it, and waits until their pods are gone.</summary>
/// <remarks>
/// Waits on one watch of the node's pods and one of all instances; asks again only where the server's answer or the instance says that asking can help. Undo is
/// not offered: what was moved stays moved.
/// </remarks>
internal sealed class DrainStep(DrainOptions options) : IMaintenanceStep
{
    public string Name => "drain";

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var inventory = await NodeInventory.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        context.Handover.Put(FateRule.Eviction);
        var pods = await ListAsync(context, inventory, cancellationToken).ConfigureAwait(false);
        return DrainPlan.Make(Name, options, inventory, pods);
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        var inventory = context.Handover.Find<NodeInventory>()!;
        var pods = context.Handover.Find<DrainedPods>()?.Pods ?? inventory.LauncherPods;
        var machines = MachineWatch.GetOrBegin(context, inventory);
        foreach (var machine in inventory.Machines)
        {
            machines.Follow(FateRule.Eviction.Expect(machine, inventory, context.Node.Planned));
        }

        var drainage = new Drainage(context, options, inventory, machines);
        context.Handover.Put(drainage);
        return await drainage.RunAsync(pods, SelectionOf(inventory.NodeName), cancellationToken).ConfigureAwait(false);
    }

    public string? DescribePending(StepContext context) => context.Handover.Find<Drainage>()?.DescribePending();

    private Selection SelectionOf(string nodeName) => new() { NodeName = nodeName, Labels = options.PodSelector };

    private async Task<Snapshot<Pod>> ListAsync(PlanningContext context, NodeInventory inventory, CancellationToken cancellationToken)
    {
        if (options.PodSelector == LauncherPods.Selector)
        {
            return inventory.LauncherPods;
        }

        var pods = await context.Cluster.Pods.ListAsync(SelectionOf(inventory.NodeName), cancellationToken).ConfigureAwait(false);
        context.Handover.Put(new DrainedPods(pods));
        return pods;
    }

    /// <summary>The pods of a selection other than the inventory's.</summary>
    private sealed record DrainedPods(Snapshot<Pod> Pods);
}
