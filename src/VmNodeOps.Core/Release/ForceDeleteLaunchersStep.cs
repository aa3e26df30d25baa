using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Removes the pods of the machines that ran on the node, which tells KubeVirt that they are dead, and waits until none is left.</summary>
/// <remarks>
/// Migration targets are removed like sources: while a pod of an instance still looks alive on the dead node, KubeVirt begins no other migration of it, and the
/// drain of a healthy node would stall.
/// </remarks>
internal sealed class ForceDeleteLaunchersStep : IMaintenanceStep
{
    public string Name => "release-machines";

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var inventory = await NodeInventory.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        context.Handover.Put(FateRule.Loss);
        var machines = inventory.Machines.ToDictionary(machine => machine.Name);
        var pods = inventory.LauncherPods.Items.Where(pod => !pod.IsFinished).ToList();
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
            Actions = [.. pods.Select(pod => Act(pod, machines, inventory))],
            Findings = [.. inventory.Machines
                .Select(machine => LossFindings.Of(machine, VirtualMachineFates.OfLoss(machine, inventory.KubeVirt)))
                .OfType<Finding>()],
        };
    }

    public Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken) =>
        context.WhileNodeIsDownAsync((evidence, token) => ActAsync(context, evidence, token), cancellationToken);

    public string? DescribePending(StepContext context) => context.Handover.Find<LauncherRemoval>()?.Describe();

    private static async Task<StepOutcome> ActAsync(StepContext context, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        var inventory = context.Handover.Find<NodeInventory>()!;
        if (inventory.ServesKubeVirt)
        {
            var machines = MachineWatch.GetOrBegin(context, inventory);
            foreach (var machine in inventory.Machines)
            {
                machines.Follow(FateRule.Loss.Expect(machine, inventory, context.Node.Planned));
            }
        }

        var removal = new LauncherRemoval(context, evidence);
        context.Handover.Put(removal);
        var count = await removal.RunAsync(cancellationToken).ConfigureAwait(false);
        return count == 0
            ? StepOutcome.Skipped("no machine has a pod on the node")
            : StepOutcome.Succeeded($"{count} {(count == 1 ? "pod" : "pods")} removed");
    }

    private static PlannedAction Act(Pod pod, Dictionary<ObjectName, NodeMachine> machines, NodeInventory inventory)
    {
        var machine = LauncherPods.InstanceOf(pod) is { } name ? machines.GetValueOrDefault(name) : null;
        if (machine is null)
        {
            return new PlannedAction
            {
                Kind = ActionKind.ForceDelete,
                Target = Refer.To(pod),
                What = $"force-delete {pod.Name}",
                Why = "It is a launcher pod of no machine that is known.",
            };
        }

        var fate = VirtualMachineFates.OfLoss(machine, inventory.KubeVirt);
        return new PlannedAction
        {
            Kind = ActionKind.ForceDelete,
            Target = Refer.To(pod),
            Fate = fate,
            What = $"force-delete {pod.Name.Name} (VM {machine.Name})",
            Why = Why(pod, machine, fate),
        };
    }

    private static string Why(Pod pod, NodeMachine machine, VirtualMachineFate fate) =>
        machine.Pods.FirstOrDefault(launcher => launcher.Pod.Uid == pod.Uid)?.Role switch
        {
            LauncherRole.MigrationTarget => $"The machine runs on {machine.Instance?.NodeName}; this pod was to receive it, and no other migration begins while it is there.",
            LauncherRole.MigrationSource => $"The machine has left it for {machine.Instance?.NodeName}.",
            _ => FateTexts.OfLoss(machine, fate),
        };
}
