namespace VmNodeOps;

/// <summary>What becomes of a virtual machine when its pod is evicted or its node is lost, as KubeVirt's rules have it.</summary>
public enum VirtualMachineFate
{
    /// <summary>Moves without a break, by live migration.</summary>
    Migrates,

    /// <summary>Is shut down (or was lost), and KubeVirt starts it on another node.</summary>
    RestartsElsewhere,

    /// <summary>Is shut down, and nobody starts it again.</summary>
    StaysDown,

    /// <summary>Is shut down and stays down, because KubeVirt restarts it only after a failure (RerunOnFailure).</summary>
    RestartsOnlyIfKilled,

    /// <summary>Goes, and a replica set makes another one under a new name.</summary>
    ReplacedUnderNewName,

    /// <summary>Goes for good: an instance without a virtual machine behind it.</summary>
    WouldBeLost,

    /// <summary>Does not move and cannot be evicted: it is to be migrated, but cannot be.</summary>
    Blocks,

    /// <summary>Left to a controller outside KubeVirt (eviction strategy External).</summary>
    External,

    /// <summary>Only a pod is left, its instance is gone.</summary>
    OrphanLauncher,

    /// <summary>Has ended already, or is being deleted by its owner.</summary>
    AlreadyEnding,

    /// <summary>Runs on another node and stays there: only a leftover of a migration, or the target of one, is on this node.</summary>
    Unaffected,
}
