using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Starts the machines that the policy wants started once the drain is done. They come up on other nodes, for theirs is cordoned.</summary>
internal sealed class StartMachinesStep(DrainOptions options) : IRememberedStep
{
    public string Name => "start-elsewhere";

    public object? Remembered => options;

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var inventory = await NodeInventory.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        var chosen = Chosen(inventory, context.Node);
        return new StepPlan
        {
            Step = Name,
            Rights = RunSwitch.Rights,
            Actions = [.. chosen.Select(machine => new PlannedAction
            {
                Kind = ActionKind.Start,
                Target = Refer.To(machine.Before.Machine!),
                Fate = machine.Fate,
                Treatment = machine.Treatment,
                What = $"start VM {machine.Name} again",
                Why = "It was shut down for the maintenance; its setting becomes what it was.",
            })],
        };
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        var chosen = Chosen(context.Handover.Find<NodeInventory>()!, context.Node.Planned).Select(machine => machine.Name).ToHashSet();
        return await OwedStarts.StartAsync(context, machine => chosen.Contains(machine.Name), cancellationToken).ConfigureAwait(false);
    }

    private List<MachineExpectation> Chosen(NodeInventory inventory, Node node)
    {
        var rule = DrainPlan.RuleOf(options);
        return [.. inventory.Machines
            .Select(machine => rule.Expect(machine, inventory, node))
            .Where(machine => machine.Treatment == VirtualMachineTreatment.ShutDownThenStart && machine.Before.Machine is not null && machine.IsConcerned)];
    }
}
