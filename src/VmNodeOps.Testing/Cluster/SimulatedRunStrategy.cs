namespace VmNodeOps.Testing;

/// <summary>When a machine should run.</summary>
public enum SimulatedRunStrategy
{
    /// <summary>Always; it is started again however it ended.</summary>
    Always,

    /// <summary>It is started again only if it failed.</summary>
    RerunOnFailure,

    /// <summary>Only when asked to. The builder starts it once.</summary>
    Manual,

    /// <summary>Once, and never again.</summary>
    Once,

    /// <summary>Not at all.</summary>
    Halted,
}

/// <summary>What an eviction means to a machine.</summary>
public enum SimulatedEvictionStrategy
{
    /// <summary>It is shut down.</summary>
    None,

    /// <summary>It is live-migrated, or the eviction is refused for ever.</summary>
    LiveMigrate,

    /// <summary>It is live-migrated if it can be, else shut down.</summary>
    LiveMigrateIfPossible,

    /// <summary>It is marked, and somebody outside must act.</summary>
    External,
}

/// <summary>What stands behind an instance.</summary>
public enum SimulatedOwner
{
    /// <summary>A VirtualMachine with a run strategy.</summary>
    VirtualMachine,

    /// <summary>A VirtualMachine with the older <c>spec.running</c> instead of a run strategy: true for Always, false for Halted.</summary>
    VirtualMachineWithRunning,

    /// <summary>Nothing: the instance stands alone, and is lost when it ends.</summary>
    None,

    /// <summary>A VirtualMachineInstanceReplicaSet, which replaces it under a new name.</summary>
    ReplicaSet,
}
