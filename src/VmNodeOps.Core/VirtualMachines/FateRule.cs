using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Why machines leave the node in this maintenance, told by the step that makes them leave to the steps that look after them.</summary>
internal sealed record FateRule
{
    private FateRule()
    {
    }

    /// <summary>They are evicted.</summary>
    public static FateRule Eviction { get; } = new() { Of = VirtualMachineFates.OfEviction, Describe = FateTexts.OfEviction };

    /// <summary>Their pods are deleted, past KubeVirt.</summary>
    public static FateRule Deletion { get; } = new() { Of = VirtualMachineFates.OfDeletion, Describe = FateTexts.OfEviction };

    /// <summary>Their node is lost, and their pods are removed by force.</summary>
    public static FateRule Loss { get; } = new() { Of = VirtualMachineFates.OfLoss, Describe = FateTexts.OfLoss };

    public required Func<NodeMachine, KubeVirtInstallation?, VirtualMachineFate> Of { get; init; }

    public required Func<NodeMachine, VirtualMachineFate, string> Describe { get; init; }

    /// <summary>What left the node in an earlier run of the same maintenance is still owed: it is expected as the journal has it.</summary>
    public MachineExpectation Expect(NodeMachine machine, NodeInventory inventory, Node node)
    {
        if (machine.IsAtHome || !inventory.Journaled.TryGetValue(machine.Name, out var journaled))
        {
            return MachineExpectation.Of(machine, Of(machine, inventory.KubeVirt), node);
        }

        var before = machine with { Instance = JournaledMachines.InstanceOf(journaled, machine.NodeName) };
        return MachineExpectation.Of(before, journaled.Fate, node) with { MayStayUnready = journaled.WasUnready };
    }
}
