using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What would become of one virtual machine of the node, as a plan tells it before anything is touched.</summary>
public sealed record PlannedVirtualMachine
{
    /// <summary>Its name and namespace.</summary>
    public required ObjectName Name { get; init; }

    /// <summary>UID of the instance; null if only a pod is left.</summary>
    public string? InstanceUid { get; init; }

    /// <summary>What becomes of it when its pod is made to leave, or when the node is lost.</summary>
    public required VirtualMachineFate Fate { get; init; }

    /// <summary>What the policy has about it. Default <see cref="VirtualMachineTreatment.Proceed"/>.</summary>
    public VirtualMachineTreatment Treatment { get; init; }

    /// <summary>What else is to be known of it. Default nothing.</summary>
    public IReadOnlyList<VirtualMachineTrait> Traits { get; init; } = [];

    /// <summary>The same in a sentence.</summary>
    public required string Why { get; init; }

    /// <summary>Of every machine that the steps concern, by name; none if no step looks at machines.</summary>
    internal static IReadOnlyList<PlannedVirtualMachine> Of(Handover handover, Node node)
    {
        if (handover.Find<NodeInventory>() is not { } inventory)
        {
            return [];
        }

        var rule = handover.Find<FateRule>() ?? FateRule.Eviction;
        return
        [
            .. from machine in inventory.Machines
               where DrainScope.Includes(handover, machine)
               let expected = rule.Expect(machine, inventory, node)
               select new PlannedVirtualMachine
               {
                   Name = machine.Name,
                   InstanceUid = machine.Instance?.Uid,
                   Fate = expected.Fate,
                   Treatment = expected.Treatment,
                   Traits = machine.Traits,
                   Why = rule.Describe(expected.Before, expected.Fate),
               },
        ];
    }
}
