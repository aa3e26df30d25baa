using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What a drain would do, as a plan.</summary>
internal static class DrainPlan
{
    public static StepPlan Make(string step, DrainOptions options, NodeInventory inventory, Snapshot<Pod> pods)
    {
        var machines = inventory.Machines.ToDictionary(machine => machine.Name);
        return new StepPlan
        {
            Step = step,
            Rights = Rights(inventory.NodeName),
            Actions = [.. pods.Items.Where(pod => !pod.IsMirror).Select(pod => Act(pod, machines, inventory.KubeVirt))],
            Findings = [.. Findings(options, inventory, pods)],
        };
    }

    private static PlannedAction Act(Pod pod, Dictionary<ObjectName, NodeMachine> machines, KubeVirtInstallation? installation)
    {
        var machine = LauncherPods.InstanceOf(pod) is { } name ? machines.GetValueOrDefault(name) : null;
        if (machine is null)
        {
            return new PlannedAction { Kind = ActionKind.Evict, Target = Refer.To(pod), What = $"evict {pod.Name}", Why = "The pod selector chooses it." };
        }

        if (pod.IsFinished)
        {
            return new PlannedAction
            {
                Kind = ActionKind.Evict,
                Target = Refer.To(pod),
                What = $"remove {pod.Name.Name} (VM {machine.Name})",
                Why = $"It has ended ({pod.Phase}); no guest runs in it.",
            };
        }

        var fate = VirtualMachineFates.OfEviction(machine, installation);
        return new PlannedAction
        {
            Kind = ActionKind.Evict,
            Target = Refer.To(pod),
            Fate = fate,
            What = $"evict {pod.Name.Name} (VM {machine.Name})",
            Why = FateTexts.OfEviction(machine, fate),
        };
    }

    private static IEnumerable<Finding> Findings(DrainOptions options, NodeInventory inventory, Snapshot<Pod> pods)
    {
        if (!inventory.ServesKubeVirt && options.PodSelector == LauncherPods.Selector)
        {
            yield return new Finding
            {
                Severity = FindingSeverity.Refusal,
                Code = "NoKubeVirt",
                Message = "This cluster does not serve KubeVirt's API (kubevirt.io/v1), so there are no virtual machines to drain.",
                Lift = "Check that the context is the right one: kubectl config current-context",
            };
        }

        var chosen = pods.Items.Where(pod => !pod.IsFinished).Select(LauncherPods.InstanceOf).OfType<ObjectName>().ToHashSet();
        foreach (var machine in inventory.Machines.Where(machine => chosen.Contains(machine.Name)))
        {
            if (FateTexts.Warning(machine, VirtualMachineFates.OfEviction(machine, inventory.KubeVirt)) is { } warning)
            {
                yield return warning;
            }
        }
    }

    private static AccessQuestion[] Rights(string nodeName) =>
    [
        new() { Verb = "list", Group = "", Resource = "pods" },
        new() { Verb = "watch", Group = "", Resource = "pods" },
        new() { Verb = "create", Group = "", Resource = "pods", Subresource = "eviction" },
        .. MachineRights.Watching,
        .. NodeRights.Watching(new ObjectName(nodeName)),
    ];
}
