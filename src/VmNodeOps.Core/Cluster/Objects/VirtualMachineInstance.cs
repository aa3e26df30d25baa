namespace VmNodeOps.Cluster;

/// <summary>A running (or just ended) virtual machine.</summary>
public sealed record VirtualMachineInstance : ClusterObject
{
    /// <summary>Where in its life it is. Default <see cref="InstancePhase.Pending"/>: KubeVirt leaves it empty at first.</summary>
    public InstancePhase Phase { get; init; } = InstancePhase.Pending;

    /// <summary>When it entered each phase, by the cluster's clock. Default empty.</summary>
    public IReadOnlyDictionary<InstancePhase, DateTimeOffset> PhaseTransitions { get; init; } = new Dictionary<InstancePhase, DateTimeOffset>();

    /// <summary>The node it runs on (<c>status.nodeName</c>); switches only at the end of a successful migration. Null before it is scheduled.</summary>
    public string? NodeName { get; init; }

    /// <summary>The node that it is to leave: set by KubeVirt's answer to an eviction, cleared by a successful migration. Null when none is wanted.</summary>
    public string? EvacuationNodeName { get; init; }

    /// <summary>What an eviction does (<c>spec.evictionStrategy</c>; KubeVirt copies the cluster's default into it). Null: KubeVirt's built-in default, none.</summary>
    public EvictionStrategy? EvictionStrategy { get; init; }

    /// <summary>Conditions: Ready, LiveMigratable, Paused, AgentConnected and more. Default none.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    /// <summary>The latest migration, which may long be over: compare its UID with the one you follow. Null if there was none.</summary>
    public MigrationState? Migration { get; init; }

    /// <summary>Pods of this instance by UID, with their nodes; includes completed ones. Default empty.</summary>
    public IReadOnlyDictionary<string, string> ActivePods { get; init; } = EmptyMap;

    /// <summary>Names of the claims and data volumes that are its disks. Default none.</summary>
    public IReadOnlyList<string> PersistentVolumeClaims { get; init; } = [];

    /// <summary>Required node labels. Default none.</summary>
    public IReadOnlyDictionary<string, string> NodeSelector { get; init; } = EmptyMap;

    /// <summary>Its priority class. Default empty.</summary>
    public string PriorityClassName { get; init; } = "";

    /// <summary>Whether it has ended for good.</summary>
    public bool IsFinal => Phase is InstancePhase.Succeeded or InstancePhase.Failed;

    /// <summary>Whether KubeVirt counts it as ready.</summary>
    public bool IsReady => Is("Ready");

    /// <summary>Whether the guest is paused. A paused guest is never ready.</summary>
    public bool IsPaused => Is("Paused");

    /// <summary>Whether it can be migrated live: condition LiveMigratable is True. Absent means no, as in KubeVirt.</summary>
    public bool IsLiveMigratable => Is("LiveMigratable");

    /// <summary>A condition by type; null if it is not there.</summary>
    public Condition? FindCondition(string type) => Conditions.FirstOrDefault(condition => condition.Type == type);

    private bool Is(string type) => FindCondition(type)?.Status == ConditionStatus.True;
}

/// <summary>The phases of an instance.</summary>
public enum InstancePhase
{
    /// <summary>A value that this version does not know, or KubeVirt's own <c>Unknown</c>.</summary>
    Unknown,

    /// <summary>Made, not yet looked at.</summary>
    Pending,

    /// <summary>Its pod waits for a node or starts.</summary>
    Scheduling,

    /// <summary>Its pod runs, the guest starts.</summary>
    Scheduled,

    /// <summary>The guest runs.</summary>
    Running,

    /// <summary>The guest shut down by itself or when asked.</summary>
    Succeeded,

    /// <summary>The guest was killed, or its pod vanished.</summary>
    Failed,

    /// <summary>Waits for the other cluster of a migration between clusters.</summary>
    WaitingForSync,
}

/// <summary>What an eviction of an instance's pod does (<c>spec.evictionStrategy</c>).</summary>
public enum EvictionStrategy
{
    /// <summary>A value that this version does not know.</summary>
    Unknown,

    /// <summary>Shuts the guest down.</summary>
    None,

    /// <summary>Migrates it live; refuses for ever where it cannot be migrated.</summary>
    LiveMigrate,

    /// <summary>Migrates it live where it can be, else shuts it down.</summary>
    LiveMigrateIfPossible,

    /// <summary>Refuses and leaves a mark: a controller outside KubeVirt is to act.</summary>
    External,
}

/// <summary>How a migration of an instance goes, as the instance tells it (<c>status.migrationState</c>).</summary>
public sealed record MigrationState
{
    /// <summary>UID of the <see cref="Migration"/> object. Default empty.</summary>
    public string MigrationUid { get; init; } = "";

    /// <summary>The node that it leaves. Default empty.</summary>
    public string SourceNode { get; init; } = "";

    /// <summary>The node that it goes to. Default empty: not known yet.</summary>
    public string TargetNode { get; init; } = "";

    /// <summary>The pod that it leaves. Default empty.</summary>
    public string SourcePod { get; init; } = "";

    /// <summary>The pod that it goes to. Default empty.</summary>
    public string TargetPod { get; init; } = "";

    /// <summary>When data began to flow.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, well or not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether it is over; true for failures too. Default false.</summary>
    public bool Completed { get; init; }

    /// <summary>Whether it failed. Default false.</summary>
    public bool Failed { get; init; }

    /// <summary>Why it failed. Default empty.</summary>
    public string FailureReason { get; init; } = "";

    /// <summary>Whether it is over and the guest runs on the target.</summary>
    public bool Succeeded => Completed && !Failed;
}
