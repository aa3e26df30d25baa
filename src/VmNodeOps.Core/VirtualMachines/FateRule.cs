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
    public static FateRule Loss { get; } = new() { Of = VirtualMachineFates.OfLoss, Describe = FateTexts.OfLoss, IsLoss = true };

    /// <summary>The same, and what would stay down though it could run is started.</summary>
    public static FateRule LossWithStart { get; } = Loss with { StartsWhatStaysDown = true };

    public required Func<NodeMachine, KubeVirtInstallation?, VirtualMachineFate> Of { get; init; }

    public required Func<NodeMachine, VirtualMachineFate, string> Describe { get; init; }

    /// <summary>Whether their node is lost.</summary>
    public bool IsLoss { get; private init; }

    /// <summary>What is done about a machine of that fate.</summary>
    public Func<NodeMachine, VirtualMachineFate, VirtualMachineTreatment> Treat { get; private init; } = static (_, _) => VirtualMachineTreatment.Proceed;

    private bool StartsWhatStaysDown { get; init; }

    /// <summary>The same, each machine as a policy has it.</summary>
    public FateRule Under(VirtualMachinePolicy policy) => this with { Treat = policy.Of };

    /// <summary>What left the node in an earlier run of the same maintenance, or was stopped by it, is still owed: it is expected as the journal has it.</summary>
    public MachineExpectation Expect(NodeMachine machine, NodeInventory inventory, Node node)
    {
        var journaled = inventory.Journaled.GetValueOrDefault(machine.Name);
        var isStopped = journaled?.StoppedByUs is not null && IsStopped(machine, journaled);
        if (journaled is null || (machine.IsAtHome && !isStopped))
        {
            var fate = Of(machine, inventory.KubeVirt);
            return MachineExpectation.Of(machine, fate, node) with { Treatment = Treat(machine, fate), StartsAgain = StartsWhatStaysDown && IsStayingDown(machine, journaled, node) };
        }

        var before = machine with { Instance = JournaledMachines.InstanceOf(journaled, machine.NodeName) };
        var expected = MachineExpectation.Of(before, journaled.Fate, node) with { MayStayUnready = journaled.WasUnready, StartsAgain = StartsWhatStaysDown && IsStayingDown(machine, journaled, node) };
        return isStopped ? expected with { Treatment = AfterStop(Treat(before, journaled.Fate), journaled.StoppedByUs!) } : expected;
    }

    private static bool IsStayingDown(NodeMachine machine, JournaledMachine? journaled, Node node) =>
        journaled is null ? StayingDown.Is(machine, node) : StayingDown.Is(machine, journaled);

    /// <summary>A stop is kept before it is asked for, so that it may not have been: then the machine runs on as if nothing had been.</summary>
    private static bool IsStopped(NodeMachine machine, JournaledMachine journaled) =>
        machine.Machine is { IsDeleting: false } wish
        && wish.Uid == journaled.StoppedByUs!.MachineUid
        && (machine.Instance is not { IsFinal: false, IsDeleting: false } || machine.Instance.Uid != journaled.InstanceUid || wish.RunStrategy == RunStrategy.Halted);

    /// <summary>Where the policy of this run says nothing of a shutdown, what an earlier run has stopped waits for the return of the node.</summary>
    private static VirtualMachineTreatment AfterStop(VirtualMachineTreatment now, JournaledStop stop) =>
        now.ShutsDown() ? now
        : stop.StartedAt is null ? VirtualMachineTreatment.ShutDownUntilReturn
        : VirtualMachineTreatment.ShutDownThenStart;
}
