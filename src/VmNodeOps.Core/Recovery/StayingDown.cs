using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Tells which machines of a dead node ran until it died and are started by nobody, though KubeVirt would take a start by hand.</summary>
/// <remarks>
/// KubeVirt leaves a Manual machine down whose instance failed. One that is Halted was stopped by somebody: before the node died it was meant so; after it, the guest was dead already and the stop only hung
/// in the instance's finalizers, as people try it who find their machine not answering. A call to start a machine of run strategy Once is refused (409), and one of RerunOnFailure is restarted.
/// </remarks>
internal static class StayingDown
{
    /// <summary>Whether it ran on the node until that died, and would stay down.</summary>
    public static bool Is(NodeMachine machine, Node node) =>
        machine is { IsAtHome: true, Machine: { IsDeleting: false } wish, Instance: { IsFinal: false } instance }
        && wish.RunStrategy switch
        {
            RunStrategy.Manual => !instance.IsDeleting || IsAfterDeath(instance, node),
            RunStrategy.Halted => instance.IsDeleting && IsAfterDeath(instance, node),
            _ => false,
        };

    /// <summary>The same of a machine that an earlier run of the maintenance found, unless that has started it.</summary>
    /// <remarks>What came of a start that was asked for is KubeVirt's to tell: a machine that is stopped again was stopped by somebody.</remarks>
    public static bool Is(NodeMachine machine, JournaledMachine journaled) => machine.Machine is { IsDeleting: false } wish
        && journaled.StaysDown
        && journaled.Controller?.Uid == wish.Uid
        && (journaled.Started is not { DoneAt: not null } || IsUp(machine.Instance, journaled.InstanceUid) || wish.PrintableStatus is not ("Stopped" or ""));

    /// <summary>Whether an instance that came after the one that died is up, or coming up.</summary>
    public static bool IsUp(VirtualMachineInstance? instance, string formerUid) => instance is { IsFinal: false, IsDeleting: false } && instance.Uid != formerUid;

    /// <summary>
    /// By when the node became silent for Kubernetes, 40 to 50 seconds after its last sign: a stop in between is taken for one that its owner meant. The time of the last heartbeat does not do, because a
    /// kubelet writes it only every five minutes while nothing changes.
    /// </summary>
    private static bool IsAfterDeath(VirtualMachineInstance instance, Node node) =>
        node.Conditions.FirstOrDefault(static condition => condition.Type == "Ready") is { Status: ConditionStatus.Unknown, LastTransitionAt: { } silent } && instance.DeletionAt > silent;
}
