using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Stands before each eviction of a launcher pod: what the policy does not let go by now, or never did, is not asked to leave.</summary>
/// <remarks>
/// The plan was made before; since then a machine may have come, or have ceased to be migratable, and its eviction would shut it down instead of moving it.
/// </remarks>
internal sealed class TreatmentGuard(StepContext context, NodeInventory inventory, MachineWatch machines, FateRule rule)
{
    private readonly Dictionary<ObjectName, NodeMachine> _planned = inventory.Machines.ToDictionary(machine => machine.Name);

    /// <summary>What is expected of a machine that came after the plan.</summary>
    public MachineExpectation Expect(NodeMachine machine)
    {
        var expected = rule.Expect(machine, inventory, context.Node.Planned);
        // Shutting down comes before the drain: for what came later it is too late, and so it stays.
        return expected.Treatment is VirtualMachineTreatment.Refuse or VirtualMachineTreatment.Proceed ? expected : expected with { Treatment = VirtualMachineTreatment.Skip };
    }

    /// <summary>The decision about a pod, unless the policy has it otherwise.</summary>
    public EvictionDecision Review(EvictionDecision decision, Pod pod, VirtualMachineInstance? instance)
    {
        if (pod.IsFinished || pod.IsDeleting || !LauncherPods.IsLauncher(pod) || LauncherPods.InstanceOf(pod) is not { } name)
        {
            return decision;
        }

        var now = InventoryReading.Join(inventory.NodeName, name, [pod], instance, MachineOf(name));
        var expected = rule.Expect(now, inventory, context.Node.Planned);
        if (expected.Treatment == VirtualMachineTreatment.Skip)
        {
            return new EvictionDecision.Leave("is left alone, as the policy has it", IsPlanned: true);
        }

        return decision is EvictionDecision.Ask ? Review(decision, pod, expected) : decision;
    }

    private EvictionDecision Review(EvictionDecision decision, Pod pod, MachineExpectation expected) => expected.Treatment switch
    {
        // The webhook asks for the instance, and refuses for ever when there is none.
        VirtualMachineTreatment.Proceed when expected.Fate == VirtualMachineFate.OrphanLauncher =>
            machines.IsComplete ? new EvictionDecision.DeleteOrphan() : new EvictionDecision.Wait("InstanceUnknown", "has an instance that is not known yet"),
        VirtualMachineTreatment.Proceed => decision,
        _ when !expected.IsConcerned && expected.Fate != VirtualMachineFate.OrphanLauncher => decision,
        VirtualMachineTreatment.Refuse when FateTexts.Concern(expected.Before, expected.Fate) is { } concern =>
            new EvictionDecision.Stuck(concern.Code, $"{Since(expected)}, and the policy does not let it go: {concern.Message}", concern.Lift, MayEscalate: false),
        VirtualMachineTreatment.Refuse => new EvictionDecision.Stuck("RefusedByPolicy", $"{Since(expected)}, and the policy refuses its eviction ({expected.Fate})", "Set the policy otherwise", MayEscalate: false),
        _ => new EvictionDecision.Stuck("CameAfterShutdowns", $"{Since(expected)}, and is to be shut down first ({pod.Name.Name})", "Run this again", MayEscalate: false),
    };

    private string Since(MachineExpectation expected) => _planned.TryGetValue(expected.Name, out var planned)
        ? $"was to fare as {rule.Of(planned, inventory.KubeVirt)} when the plan was made"
        : "came after the plan was made";

    private VirtualMachine? MachineOf(ObjectName name) =>
        machines.FindMachine(name) ?? (machines.IsComplete ? null : _planned.GetValueOrDefault(name)?.Machine);
}
