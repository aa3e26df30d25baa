using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What either way of release plans and follows alike: the pods of a dead node, and the machines that were in them.</summary>
internal static class LostPods
{
    /// <summary>What becomes of a pod's machine, as an act on the pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="inventory">The node's machines.</param>
    /// <param name="verb">Who does what: <c>force-delete</c>.</param>
    public static PlannedAction Act(Pod pod, NodeInventory inventory, string verb)
    {
        var machine = LauncherPods.InstanceOf(pod) is { } name ? inventory.Machines.FirstOrDefault(machine => machine.Name == name) : null;
        if (machine is null)
        {
            return new PlannedAction
            {
                Kind = ActionKind.ForceDelete,
                Target = Refer.To(pod),
                What = $"{verb} {pod.Name}",
                Why = LauncherPods.IsLauncher(pod) ? "It is a launcher pod of no machine that is known." : "It is no machine's; the node being down, it runs no more.",
            };
        }

        var fate = VirtualMachineFates.OfLoss(machine, inventory.KubeVirt);
        return new PlannedAction
        {
            Kind = ActionKind.ForceDelete,
            Target = Refer.To(pod),
            Fate = fate,
            What = $"{verb} {pod.Name.Name} (VM {machine.Name})",
            Why = Why(pod, machine, fate),
        };
    }

    /// <summary>What becomes of the node's machines, by what follows in the maintenance.</summary>
    public static FateRule RuleOf(PlanningContext context) =>
        context.Steps.Any(static step => step is StartWhatStaysDownStep) ? FateRule.LossWithStart : FateRule.Loss;

    /// <summary>What should be known of the machines that do not come back by themselves.</summary>
    public static IEnumerable<Finding> Findings(PlanningContext context, NodeInventory inventory)
    {
        var rule = RuleOf(context);
        return inventory.Machines
            .Where(machine => !rule.Expect(machine, inventory, context.Node).StartsAgain)
            .Select(machine => LossFindings.Of(machine, VirtualMachineFates.OfLoss(machine, inventory.KubeVirt)))
            .OfType<Finding>();
    }

    /// <summary>From now on each machine is followed to where its run strategy says that it is to be.</summary>
    public static void Follow(StepContext context, NodeInventory inventory)
    {
        if (!inventory.ServesKubeVirt)
        {
            return;
        }

        var machines = MachineWatch.GetOrBegin(context, inventory);
        var rule = context.Handover.Find<FateRule>()!;
        foreach (var machine in inventory.Machines)
        {
            machines.Follow(rule.Expect(machine, inventory, context.Node.Planned));
        }
    }

    private static string Why(Pod pod, NodeMachine machine, VirtualMachineFate fate) =>
        machine.Pods.FirstOrDefault(launcher => launcher.Pod.Uid == pod.Uid)?.Role switch
        {
            LauncherRole.MigrationTarget => $"The machine runs on {machine.Instance?.NodeName}; this pod was to receive it, and no other migration begins while it is there.",
            LauncherRole.MigrationSource => $"The machine has left it for {machine.Instance?.NodeName}.",
            _ => FateTexts.OfLoss(machine, fate),
        };
}
