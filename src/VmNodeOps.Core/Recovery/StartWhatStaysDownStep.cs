using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Starts what ran on the dead node and would stay down, once: each start is kept in the journal before it is asked for, and when it was.</summary>
internal sealed class StartWhatStaysDownStep : IRememberedStep
{
    public string Name => "start-what-stays-down";

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var inventory = await NodeInventory.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        return new StepPlan
        {
            Step = Name,
            Rights =
            [
                .. MachineRights.Watching,
                new AccessQuestion { Verb = "update", Group = "subresources.kubevirt.io", Resource = "virtualmachines", Subresource = "start" },
            ],
            Actions = [.. Chosen(inventory, context.Node).Select(static machine => Act(machine.Before.Machine!))],
        };
    }

    public Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken) =>
        context.WhileNodeIsDownAsync((_, token) => ActAsync(context, token), cancellationToken);

    public string? DescribePending(StepContext context) => context.Plan.Actions.Count == 0
        ? null
        : $"To be started once KubeVirt has taken them for dead: {string.Join(", ", context.Plan.Actions.Select(static action => action.Target!.Name))}.";

    /// <summary>Those that nobody has asked to start yet, as far as is known.</summary>
    private static IEnumerable<MachineExpectation> Chosen(NodeInventory inventory, Node node) => inventory.Machines
        .Select(machine => FateRule.LossWithStart.Expect(machine, inventory, node))
        .Where(machine => machine.StartsAgain && inventory.Journaled.GetValueOrDefault(machine.Name)?.Started?.DoneAt is null);

    private static PlannedAction Act(VirtualMachine machine) => new()
    {
        Kind = ActionKind.Start,
        Target = Refer.To(machine),
        What = $"start VM {machine.Name}",
        Why = machine.RunStrategy == RunStrategy.Halted
            ? "It ran until the node died and was stopped only afterwards; the start makes its run strategy Always."
            : $"It ran until the node died, and its run strategy {machine.RunStrategy} does not start it again.",
    };

    private static async Task<StepOutcome> ActAsync(StepContext context, CancellationToken cancellationToken)
    {
        var inventory = context.Handover.Find<NodeInventory>()!;
        var chosen = Chosen(inventory, context.Node.Planned).ToList();
        if (chosen.Count == 0)
        {
            return StepOutcome.Skipped("nothing stays down that could be started");
        }

        var watch = MachineWatch.GetOrBegin(context, inventory);
        var starts = new StartOnce(context, watch, context.Handover.Find<OpenJournal>());
        var left = (await Task.WhenAll(chosen.Select(machine => starts.StartAsync(machine, cancellationToken))).ConfigureAwait(false)).OfType<string>().ToList();
        var started = chosen.Count - left.Count;
        var asked = $"{started} {(started == 1 ? "machine" : "machines")} asked to start";
        return StepOutcome.Succeeded(left.Count == 0 ? asked : $"{asked}; left as they are: {string.Join(" ", left)}");
    }
}
