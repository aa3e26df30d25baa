namespace VmNodeOps;

/// <summary>Removes the pods of the machines that ran on the node, which tells KubeVirt that they are dead, and waits until none is left.</summary>
/// <remarks>
/// Migration targets are removed like sources: while a pod of an instance still looks alive on the dead node, KubeVirt begins no other migration of it, and the
/// drain of a healthy node would stall.
/// </remarks>
internal sealed class ForceDeleteLaunchersStep(ReleaseMachinesOptions options) : IRememberedStep
{
    public string Name => "release-machines";

    public object? Remembered => options;

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var inventory = await NodeInventory.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        context.Handover.Put(LostPods.RuleOf(context));
        var pods = inventory.LauncherPods.Items.Where(pod => !pod.IsFinished).OrderByDescending(ReleaseRank.Of(options.First, inventory)).ThenBy(pod => pod.Name);
        return new StepPlan
        {
            Step = Name,
            Rights =
            [
                new() { Verb = "list", Group = "", Resource = "pods" },
                new() { Verb = "watch", Group = "", Resource = "pods" },
                new() { Verb = "delete", Group = "", Resource = "pods" },
                .. MachineRights.Watching,
            ],
            Actions = [.. pods.Select(pod => LostPods.Act(pod, inventory, "force-delete"))],
            Findings = [.. LostPods.Findings(context, inventory)],
        };
    }

    public Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken) =>
        context.WhileNodeIsDownAsync((evidence, token) => ActAsync(context, evidence, token), cancellationToken);

    public string? DescribePending(StepContext context) => context.Handover.Find<LauncherRemoval>()?.Describe();

    private async Task<StepOutcome> ActAsync(StepContext context, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        var inventory = context.Handover.Find<NodeInventory>()!;
        LostPods.Follow(context, inventory);
        var removal = new LauncherRemoval(context, evidence, ReleaseRank.Of(options.First, inventory));
        context.Handover.Put(removal);
        var count = await removal.RunAsync(cancellationToken).ConfigureAwait(false);
        return count == 0
            ? StepOutcome.Skipped("no machine has a pod on the node")
            : StepOutcome.Succeeded($"{count} {(count == 1 ? "pod" : "pods")} removed");
    }
}
