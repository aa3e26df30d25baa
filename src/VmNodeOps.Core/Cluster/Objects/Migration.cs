namespace VmNodeOps.Cluster;

/// <summary>A live migration of an instance: a <c>VirtualMachineInstanceMigration</c>.</summary>
public sealed record Migration : ClusterObject
{
    /// <summary>The instance, in the same namespace.</summary>
    public required string InstanceName { get; init; }

    /// <summary>How far it is. Default <see cref="MigrationPhase.Pending"/>: KubeVirt leaves it empty at first.</summary>
    public MigrationPhase Phase { get; init; } = MigrationPhase.Pending;

    /// <summary>The details; null before it has any.</summary>
    public MigrationState? State { get; init; }

    /// <summary>Conditions, for example that a resource quota refuses the target pod. Default none.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    /// <summary>Node labels that were asked for in addition. Default none.</summary>
    public IReadOnlyDictionary<string, string> AddedNodeSelector { get; init; } = EmptyMap;

    /// <summary>The node whose evacuation made it (annotation <c>kubevirt.io/evacuationMigration</c>); null if none did.</summary>
    public string? EvacuatedNode => Annotations.GetValueOrDefault("kubevirt.io/evacuationMigration");

    /// <summary>Whether it is over, well or not.</summary>
    public bool IsFinal => Phase is MigrationPhase.Succeeded or MigrationPhase.Failed;
}

/// <summary>The phases of a migration.</summary>
public enum MigrationPhase
{
    /// <summary>A value that this version does not know.</summary>
    Unknown,

    /// <summary>Waits for its turn, or for the end of a back-off.</summary>
    Pending,

    /// <summary>The target pod waits for a node or starts.</summary>
    Scheduling,

    /// <summary>The target pod runs.</summary>
    Scheduled,

    /// <summary>The target prepares.</summary>
    PreparingTarget,

    /// <summary>The target is ready to receive.</summary>
    TargetReady,

    /// <summary>Memory and state are transferred.</summary>
    Running,

    /// <summary>The guest runs on the target.</summary>
    Succeeded,

    /// <summary>The guest stays on the source.</summary>
    Failed,
}
