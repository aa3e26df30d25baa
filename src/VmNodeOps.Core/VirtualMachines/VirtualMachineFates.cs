using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>KubeVirt's rules of what becomes of a virtual machine, as pure functions.</summary>
/// <remarks>
/// The eviction webhook looks at the eviction strategy and the condition LiveMigratable (absent means no); what happens after the pod has gone depends on
/// the run strategy, and on whether the guest shut down (instance Succeeded) or was killed (Failed).
/// </remarks>
public static class VirtualMachineFates
{
    /// <summary>What becomes of a machine when its launcher pods on the node are evicted.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="installation">KubeVirt, for its default strategy; null if it is not known.</param>
    public static VirtualMachineFate OfEviction(NodeMachine machine, KubeVirtInstallation? installation)
    {
        ArgumentNullException.ThrowIfNull(machine);
        if (WithoutGuestHere(machine) is { } fate)
        {
            return fate;
        }

        var instance = machine.Instance!;
        if (instance.IsFinal || instance.IsDeleting)
        {
            return OfEnding(machine);
        }

        return StrategyOf(instance, installation) switch
        {
            EvictionStrategy.External => VirtualMachineFate.External,
            EvictionStrategy.LiveMigrate when !instance.IsLiveMigratable => VirtualMachineFate.Blocks,
            EvictionStrategy.LiveMigrate => VirtualMachineFate.Migrates,
            EvictionStrategy.LiveMigrateIfPossible when instance.IsLiveMigratable => VirtualMachineFate.Migrates,
            _ => AfterShutdown(machine),
        };
    }

    /// <summary>What becomes of a machine when its launcher pods on the node are deleted with their grace: KubeVirt is not asked, and no eviction strategy counts.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="installation">KubeVirt; nothing in it changes the fate so far.</param>
    public static VirtualMachineFate OfDeletion(NodeMachine machine, KubeVirtInstallation? installation)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return WithoutGuestHere(machine) ?? (machine.Instance!.IsFinal || machine.Instance.IsDeleting ? OfEnding(machine) : AfterShutdown(machine));
    }

    /// <summary>What becomes of a machine when the node is lost and its launcher pods are removed by force.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="installation">KubeVirt; nothing in it changes the fate so far.</param>
    public static VirtualMachineFate OfLoss(NodeMachine machine, KubeVirtInstallation? installation)
    {
        ArgumentNullException.ThrowIfNull(machine);
        if (WithoutGuestHere(machine) is { } fate)
        {
            return fate;
        }

        return machine.Instance!.IsFinal || machine.Instance.IsDeleting ? OfEnding(machine) : AfterFailure(machine);
    }

    /// <summary>The strategy in force: the instance's own, else the cluster's, else KubeVirt's built-in default, none.</summary>
    public static EvictionStrategy StrategyOf(VirtualMachineInstance instance, KubeVirtInstallation? installation)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return instance.EvictionStrategy ?? installation?.EvictionStrategy ?? EvictionStrategy.None;
    }

    private static VirtualMachineFate? WithoutGuestHere(NodeMachine machine)
    {
        if (machine.Instance is null)
        {
            return machine.Pods.Any(pod => !pod.Pod.IsFinished) ? VirtualMachineFate.OrphanLauncher : VirtualMachineFate.AlreadyEnding;
        }

        if (machine.IsAtHome)
        {
            return null;
        }

        // An instance made later under the same name runs elsewhere, while a pod of the former one is still here.
        return machine.Pods.Any(pod => pod.Role == LauncherRole.Orphan) ? VirtualMachineFate.OrphanLauncher : VirtualMachineFate.Unaffected;
    }

    /// <summary>The instance has ended or is being deleted: eviction changes nothing, only what its owner does next counts.</summary>
    private static VirtualMachineFate OfEnding(NodeMachine machine) => machine.Machine switch
    {
        { IsDeleting: false, RunStrategy: RunStrategy.Always } => VirtualMachineFate.RestartsElsewhere,
        { IsDeleting: false, RunStrategy: RunStrategy.RerunOnFailure } when machine.Instance!.Phase == InstancePhase.Failed =>
            VirtualMachineFate.RestartsElsewhere,
        _ => VirtualMachineFate.AlreadyEnding,
    };

    private static VirtualMachineFate AfterShutdown(NodeMachine machine) => machine.Machine switch
    {
        { IsDeleting: true } or { RunStrategy: RunStrategy.Halted } => VirtualMachineFate.AlreadyEnding,
        { RunStrategy: RunStrategy.Always } => VirtualMachineFate.RestartsElsewhere,
        { RunStrategy: RunStrategy.RerunOnFailure } => VirtualMachineFate.RestartsOnlyIfKilled,
        not null => VirtualMachineFate.StaysDown,
        null => WithoutMachine(machine),
    };

    private static VirtualMachineFate AfterFailure(NodeMachine machine) => machine.Machine switch
    {
        { IsDeleting: true } or { RunStrategy: RunStrategy.Halted } => VirtualMachineFate.AlreadyEnding,
        { RunStrategy: RunStrategy.Always or RunStrategy.RerunOnFailure } => VirtualMachineFate.RestartsElsewhere,
        not null => VirtualMachineFate.StaysDown,
        null => WithoutMachine(machine),
    };

    private static VirtualMachineFate WithoutMachine(NodeMachine machine) =>
        machine.Instance!.Controller?.Kind == "VirtualMachineInstanceReplicaSet" ? VirtualMachineFate.ReplacedUnderNewName : VirtualMachineFate.WouldBeLost;
}
