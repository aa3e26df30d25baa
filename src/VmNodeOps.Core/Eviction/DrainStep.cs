using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Evicts the virtual machines of the node, in whichever way KubeVirt and their strategies have it, and waits until their pods are gone.</summary>
/// <remarks>
/// Waits on one watch of the node's pods and one of all instances; asks again only where the server's answer or the instance says that asking can help.
/// Undo cancels the evacuations that are not over; what was moved stays moved.
/// </remarks>
internal sealed class DrainStep(DrainOptions options) : IUndoableStep, IRememberedStep
{
    public string Name => "drain";

    public object? Remembered => options;

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var inventory = await NodeInventory.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        var pods = await ListAsync(context, inventory, cancellationToken).ConfigureAwait(false);
        var rule = DrainPlan.RuleOf(options);
        context.Handover.Put(rule);
        context.Handover.Put(new DrainScope(DrainPlan.MachinesOf(pods.Items)));
        var expected = inventory.Machines.Select(machine => rule.Expect(machine, inventory, context.Node)).ToList();
        var plan = DrainPlan.Make(Name, options, inventory, pods, expected);
        var moved = expected.Where(machine => DrainScope.Includes(context.Handover, machine.Before)).ToList();
        plan = await Preflight.AddAsync(plan, context, options, moved, pods, cancellationToken).ConfigureAwait(false);
        plan = context.Options.OnFailure == UndoPolicy.Undo ? plan with { Rights = [.. plan.Rights, .. EvacuationUndo.Rights] } : plan;
        return options.Rehearse ? await Rehearsal.AddAsync(plan, context, inventory, pods, cancellationToken).ConfigureAwait(false) : plan;
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        var inventory = context.Handover.Find<NodeInventory>()!;
        var pods = context.Handover.Find<DrainedPods>()?.Pods ?? inventory.LauncherPods;
        var machines = MachineWatch.GetOrBegin(context, inventory);
        var rule = DrainPlan.RuleOf(options);
        foreach (var machine in inventory.Machines.Where(machine => DrainScope.Includes(context.Handover, machine)))
        {
            machines.Follow(rule.Expect(machine, inventory, context.Node.Planned));
        }

        var drainage = new Drainage(context, options, inventory, machines);
        context.Handover.Put(drainage);
        await using var cordon = KeptCordon.Begin(context, cancellationToken);
        return await drainage.RunAsync(pods, DrainageSelection(inventory.NodeName, options), options.EmptyFor, cancellationToken).ConfigureAwait(false);
    }

    public Task<StepOutcome> UndoAsync(StepContext context, CancellationToken cancellationToken) =>
        context.Handover.Find<NodeInventory>() is { ServesKubeVirt: true } inventory
            ? new EvacuationUndo(context, inventory).RunAsync(cancellationToken)
            : Task.FromResult(StepOutcome.Skipped("there are no virtual machines"));

    public string? DescribePending(StepContext context) => context.Handover.Find<Drainage>()?.DescribePending();

    public static Selection DrainageSelection(string nodeName, DrainOptions options) =>
        new() { NodeName = nodeName, Labels = options.PodSelector.Length == 0 ? null : options.PodSelector };

    private async Task<Snapshot<Pod>> ListAsync(PlanningContext context, NodeInventory inventory, CancellationToken cancellationToken)
    {
        if (options.SelectsLaunchers)
        {
            return inventory.LauncherPods;
        }

        var pods = await context.Cluster.Pods.ListAsync(DrainageSelection(inventory.NodeName, options), cancellationToken).ConfigureAwait(false);
        context.Handover.Put(new DrainedPods(pods));
        return pods;
    }

    /// <summary>The pods of a selection other than the inventory's.</summary>
    private sealed record DrainedPods(Snapshot<Pod> Pods);
}
