using System.Globalization;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What a drain would do, as a plan.</summary>
internal static class DrainPlan
{
    private const int Named = 10;

    /// <param name="step">The step's name.</param>
    /// <param name="options">How the node is drained.</param>
    /// <param name="inventory">Its machines.</param>
    /// <param name="pods">Its pods, as selected.</param>
    /// <param name="expected">What becomes of each machine, and what the policy has about it.</param>
    public static StepPlan Make(string step, DrainOptions options, NodeInventory inventory, Snapshot<Pod> pods, IReadOnlyList<MachineExpectation> expected)
    {
        var machines = expected.ToDictionary(machine => machine.Name);
        var judged = pods.Items.Select(pod => (Pod: pod, Verdict: PodRules.Judge(pod, options))).ToList();
        return new StepPlan
        {
            Step = step,
            Rights = Rights(inventory.NodeName),
            Actions = [.. judged.Where(one => one.Verdict.Treatment == PodTreatment.Remove).Select(one => Act(one.Pod, one.Verdict, options, machines)).OfType<PlannedAction>()],
            Findings = [.. PodFindings(judged), .. Findings(options, inventory, pods, expected)],
        };
    }

    private static PlannedAction? Act(Pod pod, PodVerdict verdict, DrainOptions options, Dictionary<ObjectName, MachineExpectation> machines)
    {
        var machine = LauncherPods.IsLauncher(pod) && LauncherPods.InstanceOf(pod) is { } name ? machines.GetValueOrDefault(name) : null;
        if (pod.IsFinished)
        {
            return new PlannedAction
            {
                Kind = ActionKind.Delete,
                Target = Refer.To(pod),
                What = machine is null ? $"remove {pod.Name}" : $"remove {pod.Name.Name} (VM {machine.Name})",
                Why = machine is null ? $"It has ended ({pod.Phase})." : $"It has ended ({pod.Phase}); no guest runs in it.",
            };
        }

        var (kind, verb) = options.DisableEviction ? (ActionKind.Delete, "delete") : (ActionKind.Evict, "evict");
        return machine is null
            ? new PlannedAction { Kind = kind, Target = Refer.To(pod), What = $"{verb} {pod.Name}", Why = WhyOf(pod, verdict) }
            : TreatmentPlan.Act(pod, machine, kind, verb);
    }

    /// <summary>Why machines leave in a drain with these options.</summary>
    public static FateRule RuleOf(DrainOptions options) => (options.DisableEviction ? FateRule.Deletion : FateRule.Eviction).Under(options.Policy);

    private static string WhyOf(Pod pod, PodVerdict verdict) =>
        PodRules.IsHotplugAttachment(pod) ? "It holds disks of a guest and goes after it."
        : verdict.Reasons.Count == 0 ? "The pod selector chooses it."
        : $"The pod selector chooses it; {verdict.Why}.";

    /// <summary>A refusal for each pod, with all its reasons; the rest by kind, so that a node of a hundred daemons is a line.</summary>
    private static IEnumerable<Finding> PodFindings(IReadOnlyList<(Pod Pod, PodVerdict Verdict)> judged)
    {
        foreach (var (pod, verdict) in judged.Where(one => one.Verdict.Treatment == PodTreatment.Refuse))
        {
            yield return new Finding
            {
                Severity = FindingSeverity.Refusal,
                Code = verdict.Reasons.Count == 1 ? verdict.Reasons[0].Code : "SeveralReasons",
                Message = $"Pod {pod.Name}: {verdict.Why}.",
                Lift = verdict.Lift,
                Object = Refer.To(pod),
            };
        }

        var others = judged.Where(one => one.Verdict.Treatment != PodTreatment.Refuse)
            .SelectMany(one => one.Verdict.Reasons.Select(reason => (one.Pod, one.Verdict.Treatment, Reason: reason)));
        foreach (var group in others.GroupBy(one => (one.Treatment, one.Reason.Code)).OrderBy(group => group.Key.Treatment).ThenBy(group => group.Key.Code, StringComparer.Ordinal))
        {
            var pods = group.Select(one => one.Pod.Name.ToString()).ToList();
            var more = pods.Count > Named ? $" and {pods.Count - Named} more" : "";
            var what = group.Key.Treatment == PodTreatment.LeaveAlone ? "left where they are" : "moved all the same";
            yield return new Finding
            {
                Severity = group.Key.Treatment == PodTreatment.LeaveAlone ? FindingSeverity.Note : FindingSeverity.Warning,
                Code = group.Key.Code,
                Message = $"{(pods.Count == 1 ? "1 pod is" : $"{pods.Count} pods are")} {(pods.Count == 1 ? what.Replace("they are", "it is", StringComparison.Ordinal) : what)} "
                    + $"({group.First().Reason.Text}): {string.Join(", ", pods.Take(Named))}{more}.",
            };
        }
    }

    private static IEnumerable<Finding> Findings(
        DrainOptions options, NodeInventory inventory, Snapshot<Pod> pods, IReadOnlyList<MachineExpectation> expected)
    {
        if (!inventory.ServesKubeVirt && options.SelectsLaunchers)
        {
            yield return new Finding
            {
                Severity = FindingSeverity.Refusal,
                Code = "NoKubeVirt",
                Message = "This cluster does not serve KubeVirt's API (kubevirt.io/v1), so there are no virtual machines to drain.",
                Lift = "Check that the context is the right one: kubectl config current-context",
            };
        }

        foreach (var rung in Rungs(options))
        {
            yield return rung;
        }

        var chosen = MachinesOf(pods.Items.Where(pod => !pod.IsFinished));
        foreach (var machine in expected.Where(machine => chosen.Contains(machine.Name)))
        {
            foreach (var finding in TreatmentPlan.Findings(machine))
            {
                yield return finding;
            }

            if (machine.Treatment != VirtualMachineTreatment.Proceed)
            {
                continue;
            }

            if (Consent(options, machine.Before) is { } consent)
            {
                yield return consent;
            }

            if (Grace(options, machine.Before, machine.Fate) is { } grace)
            {
                yield return grace;
            }
        }
    }

    /// <summary>What was consented to beyond an eviction, so that whoever approves the plan sees it.</summary>
    private static IEnumerable<Finding> Rungs(DrainOptions options)
    {
        if (options.Escalation.DeleteAfter is { } deleteAfter)
        {
            var machines = options.DeleteVirtualMachines ? "Virtual machines too: their guests are shut down, whatever their eviction strategy." : "Not virtual machines.";
            yield return new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "MayDelete",
                Message = $"A pod that makes no progress for {Time(deleteAfter)} is deleted, past disruption budgets. {machines}",
            };
        }

        if (options.Escalation is { ForceDeleteAfter: { } forceAfter, Evidence: { } evidence })
        {
            yield return new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "MayForceDelete",
                Message = $"A pod that is being deleted and makes no progress for {Time(forceAfter)} is removed by force, if the node is not Ready then and {evidence.Description} proves that it is down.",
            };
        }
    }

    private static string Time(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(time.TotalMinutes < 2 ? time.TotalSeconds : time.TotalMinutes):0.#} {(time.TotalMinutes < 2 ? "s" : "min")}");

    /// <summary>The machines that such pods are of.</summary>
    public static HashSet<ObjectName> MachinesOf(IEnumerable<Pod> pods) =>
        [.. pods.Where(LauncherPods.IsLauncher).Select(LauncherPods.InstanceOf).OfType<ObjectName>()];

    /// <summary>A launcher pod that is deleted instead of evicted is past KubeVirt's protection, so nobody's general word is enough.</summary>
    private static Finding? Consent(DrainOptions options, NodeMachine machine)
    {
        if (!options.DisableEviction || machine.Instance is null)
        {
            return null;
        }

        return new Finding
        {
            Severity = options.DeleteVirtualMachines ? FindingSeverity.Warning : FindingSeverity.Refusal,
            Code = "PastKubeVirt",
            Message = $"VM {machine.Name}: its pod is deleted and not evicted, so KubeVirt is not asked and the guest is shut down, whatever its eviction strategy.",
            Lift = options.DeleteVirtualMachines ? "" : "To shut guests down in this way: DeleteVirtualMachines (--delete-virtual-machines). To move them: evict them, without DisableEviction (--disable-eviction).",
            Object = Refer.To(machine.Instance),
        };
    }

    private static Finding? Grace(DrainOptions options, NodeMachine machine, VirtualMachineFate fate)
    {
        var isShutDown = fate is not (VirtualMachineFate.Migrates or VirtualMachineFate.Blocks or VirtualMachineFate.External or VirtualMachineFate.Unaffected);
        return options.GracePeriod is { } grace && isShutDown && machine.CurrentPod is { } pod && grace < pod.TerminationGracePeriod
            ? new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "GraceShortened",
                Message = $"VM {machine.Name}: its guest has {grace.TotalSeconds:0.#} s to shut down instead of {pod.TerminationGracePeriod.TotalSeconds:0.#} s, and is killed then.",
                Lift = "Leave out the grace period to give it its own.",
                Object = Refer.To(pod),
            }
            : null;
    }

    /// <summary>The rights that a drain needs.</summary>
    public static AccessQuestion[] Rights(string nodeName) =>
    [
        new() { Verb = "list", Group = "", Resource = "pods" },
        new() { Verb = "watch", Group = "", Resource = "pods" },
        new() { Verb = "get", Group = "", Resource = "pods" },
        new() { Verb = "create", Group = "", Resource = "pods", Subresource = "eviction" },
        // Completed pods, such as a migration leaves behind, are deleted.
        new() { Verb = "delete", Group = "", Resource = "pods" },
        .. MachineRights.Watching,
        .. NodeRights.Watching(new ObjectName(nodeName)),
    ];
}
