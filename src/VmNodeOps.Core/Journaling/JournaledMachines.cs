using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What a journal keeps of the machines of a node, and what it still expects of them.</summary>
internal static class JournaledMachines
{
    /// <summary>Of every machine that the maintenance concerns.</summary>
    public static IEnumerable<JournaledMachine> Of(NodeInventory inventory, FateRule rule, Node node) =>
        from machine in inventory.Machines
        let expected = rule.Expect(machine, inventory, node)
        where expected.IsConcerned
        // What an earlier run has shut down has no instance any more; the journal knows which it had.
        select inventory.Journaled.GetValueOrDefault(machine.Name) ?? new JournaledMachine
        {
            Name = machine.Name,
            InstanceUid = expected.Instance!.Uid,
            RunStrategy = machine.Machine?.RunStrategy,
            Running = machine.Machine?.Running,
            Fate = expected.Fate,
            Controller = expected.Instance.Controller,
            WasPaused = expected.Instance.IsPaused,
            WasUnready = expected.MayStayUnready,
            StaysDown = rule.IsLoss && StayingDown.Is(machine, node),
        };

    /// <summary>The instance as it was when the journal was opened, as far as the journal knows it.</summary>
    public static VirtualMachineInstance InstanceOf(JournaledMachine machine, string nodeName) => new()
    {
        Name = machine.Name,
        Uid = machine.InstanceUid,
        NodeName = nodeName,
        Phase = InstancePhase.Running,
        Owners = machine.Controller is { } owner ? [owner] : [],
        Conditions = machine.WasPaused ? [new Condition { Type = "Paused", Status = ConditionStatus.True }] : [],
    };
}
