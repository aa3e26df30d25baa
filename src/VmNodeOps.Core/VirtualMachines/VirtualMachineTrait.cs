namespace VmNodeOps;

/// <summary>What else is to be known of a virtual machine, beside its <see cref="VirtualMachineFate"/>.</summary>
public enum VirtualMachineTrait
{
    /// <summary>Its guest is paused. A migration keeps it so; after a restart it runs.</summary>
    Paused,

    /// <summary>A live migration of it is under way.</summary>
    Migrating,

    /// <summary>KubeVirt has been asked already to move it away from this node, and has not yet.</summary>
    Evacuating,

    /// <summary>Its instance has ended: Succeeded or Failed.</summary>
    Finished,

    /// <summary>Its instance, or the machine itself, is being deleted.</summary>
    BeingDeleted,
}

/// <summary>Reads attributes off a machine.</summary>
internal static class VirtualMachineTraits
{
    public static IEnumerable<VirtualMachineTrait> Of(NodeMachine machine)
    {
        if (machine.Instance is { IsPaused: true })
        {
            yield return VirtualMachineTrait.Paused;
        }

        if (machine.Instance is { } instance && MachineJudge.IsMigrating(instance))
        {
            yield return VirtualMachineTrait.Migrating;
        }

        if (machine.Instance?.EvacuationNodeName is { } node && node == machine.NodeName)
        {
            yield return VirtualMachineTrait.Evacuating;
        }

        if (machine.Instance is { IsFinal: true })
        {
            yield return VirtualMachineTrait.Finished;
        }

        if (machine.Instance is { IsDeleting: true } || machine.Machine is { IsDeleting: true })
        {
            yield return VirtualMachineTrait.BeingDeleted;
        }
    }
}
