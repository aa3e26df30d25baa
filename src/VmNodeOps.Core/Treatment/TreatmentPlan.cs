using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What a drain would do about a machine by its policy, and what somebody should know of it before.</summary>
internal static class TreatmentPlan
{
    /// <summary>What is done about a machine's pod; null if nothing, because the machine is shut down before.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="machine">Its machine.</param>
    /// <param name="usual">How pods leave as a rule.</param>
    /// <param name="verb">The same as a word.</param>
    public static PlannedAction? Act(Pod pod, MachineExpectation machine, ActionKind usual, string verb)
    {
        if (machine.Treatment.ShutsDown() && machine.IsConcerned)
        {
            return null;
        }

        var isOrphan = machine.Fate == VirtualMachineFate.OrphanLauncher;
        var (kind, what) = machine.Treatment switch
        {
            VirtualMachineTreatment.Skip => (ActionKind.Leave, $"leave {pod.Name.Name} (VM {machine.Name}) alone"),
            VirtualMachineTreatment.Proceed when isOrphan => (ActionKind.Delete, $"delete {pod.Name.Name} (VM {machine.Name}), once it is proven that its instance is gone"),
            _ => (usual, $"{verb} {pod.Name.Name} (VM {machine.Name})"),
        };
        return new PlannedAction
        {
            Kind = kind,
            Target = Refer.To(pod),
            Fate = machine.Fate,
            Treatment = machine.Treatment,
            Traits = machine.Before.Traits,
            What = what,
            Why = kind == ActionKind.Leave ? "The policy leaves it alone." : FateTexts.OfEviction(machine.Before, machine.Fate),
        };
    }

    public static IEnumerable<Finding> Findings(MachineExpectation machine)
    {
        var finding = machine.Treatment switch
        {
            VirtualMachineTreatment.Refuse => Refusal(machine),
            VirtualMachineTreatment.Skip => Make(
                machine,
                FindingSeverity.Warning,
                "LeftAlone",
                "It is left alone, as the policy has it; the node does not become empty.",
                "Before the node's power is cut, move it or shut it down."),
            VirtualMachineTreatment.Proceed when FateTexts.Concern(machine.Before, machine.Fate) is { } concern =>
                Make(machine, FindingSeverity.Warning, concern.Code, concern.Message, machine.Fate == VirtualMachineFate.OrphanLauncher ? "" : concern.Lift),
            _ => null,
        };
        if (finding is not null)
        {
            yield return finding;
        }

        if (machine.Before.Traits.Contains(VirtualMachineTrait.Paused) && RestartsRunning(machine))
        {
            yield return Make(
                machine,
                FindingSeverity.Warning,
                "PausedIsLost",
                "It is paused, and what is shut down comes back running; a paused guest does not shut itself down and is killed when its grace is over.",
                $"Let it run before, or migrate it: virtctl unpause vm -n {machine.Name.Namespace} {machine.Name.Name}.");
        }
    }

    public static Finding Make(MachineExpectation machine, FindingSeverity severity, string code, string message, string lift) => new()
    {
        Severity = severity,
        Code = code,
        Message = $"VM {machine.Name}: {message}",
        Lift = lift,
        Object = machine.Instance is { } instance ? Refer.To(instance) : machine.Before.Pods.Count > 0 ? Refer.To(machine.Before.Pods[0].Pod) : null,
    };

    private static Finding Refusal(MachineExpectation machine)
    {
        var (code, message, lift) = FateTexts.Concern(machine.Before, machine.Fate)
            ?? ("RefusedByPolicy", $"{FateTexts.OfEviction(machine.Before, machine.Fate)} The policy refuses it.", "");
        return Make(machine, FindingSeverity.Refusal, code, message, $"{lift} {OtherWays(machine)}".Trim());
    }

    /// <summary>What the policy could say instead.</summary>
    private static string OtherWays(MachineExpectation machine)
    {
        if (machine.Fate == VirtualMachineFate.OrphanLauncher)
        {
            return "Or set the policy for OrphanLauncher to Proceed, to have it deleted, or to Skip.";
        }

        var ways = machine.Before.Machine is null ? "Proceed (it is lost) or Skip" : "ShutDownThenStart, ShutDownUntilReturn, Skip or Proceed";
        return $"Or set the policy for {machine.Fate}, or for this machine, to {ways}.";
    }

    private static bool RestartsRunning(MachineExpectation machine) =>
        machine.Treatment.ShutsDown() || (machine.Treatment == VirtualMachineTreatment.Proceed && machine.Fate == VirtualMachineFate.RestartsElsewhere);
}
