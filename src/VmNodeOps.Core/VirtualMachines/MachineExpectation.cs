using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What was found of a machine before anything was touched, and what was to become of it.</summary>
internal sealed record MachineExpectation
{
    /// <summary>The default of kube-controller-manager's <c>--node-monitor-grace-period</c> since Kubernetes 1.32; 40 seconds before.</summary>
    private static readonly TimeSpan NodeMonitorGracePeriod = TimeSpan.FromSeconds(50);

    public required NodeMachine Before { get; init; }

    public required VirtualMachineFate Fate { get; init; }

    /// <summary>When it was last known to run, if something better than its instance's own end is known: the last sign of a node that died.</summary>
    public DateTimeOffset? LastSignOfLife { get; init; }

    /// <summary>Whether it ran on a healthy node without being Ready, so that being Ready cannot be asked of it.</summary>
    public bool MayStayUnready { get; init; }

    /// <summary>Whether the maintenance starts it, because nothing else would.</summary>
    public bool StartsAgain { get; init; }

    /// <summary>What the policy has done about it.</summary>
    public VirtualMachineTreatment Treatment { get; init; }

    public ObjectName Name => Before.Name;

    public string NodeName => Before.NodeName;

    public VirtualMachineInstance? Instance => Before.Instance;

    /// <summary>Whether it must run on another node in the end.</summary>
    public bool IsToRun => StartsAgain || Treatment switch
    {
        VirtualMachineTreatment.Skip or VirtualMachineTreatment.ShutDownUntilReturn => false,
        VirtualMachineTreatment.ShutDownThenStart => true,
        _ => Fate is VirtualMachineFate.Migrates or VirtualMachineFate.RestartsElsewhere or VirtualMachineFate.External or VirtualMachineFate.Blocks
            or VirtualMachineFate.ReplacedUnderNewName,
    };

    /// <summary>What is expected of a machine on a node as it was when the plan was made.</summary>
    public static MachineExpectation Of(NodeMachine machine, VirtualMachineFate fate, Node node)
    {
        var ready = node.Conditions.FirstOrDefault(condition => condition.Type == "Ready");
        return new MachineExpectation
        {
            Before = machine,
            Fate = fate,
            LastSignOfLife = ready is { Status: ConditionStatus.Unknown } ? LastSign(ready) : null,
            MayStayUnready = node.Ready == ConditionStatus.True && machine.Instance is { Phase: InstancePhase.Running, IsReady: false, IsPaused: false },
        };
    }

    /// <summary>
    /// After its last sign nobody knows whether the node ran. A kubelet writes its heartbeat only every five minutes while nothing changes, and renews its Lease every ten seconds; so the moment at which
    /// Kubernetes took it for silent, less the time it grants, is often the better of the two.
    /// </summary>
    private static DateTimeOffset? LastSign(Condition ready) =>
        ready.LastTransitionAt - NodeMonitorGracePeriod is { } renewed && !(ready.LastHeartbeatAt > renewed) ? renewed : ready.LastHeartbeatAt;

    /// <summary>Whether it is concerned at all; what merely has leftovers on the node is not.</summary>
    public bool IsConcerned => Instance is not null && Fate is not (VirtualMachineFate.Unaffected or VirtualMachineFate.OrphanLauncher);
}

/// <summary>What is known of a machine now.</summary>
internal sealed record MachineNow
{
    /// <summary>The instance of that name; null if there is none.</summary>
    public VirtualMachineInstance? Instance { get; init; }

    /// <summary>The last that was heard of the instance that ran before; null if nothing newer than the plan was.</summary>
    public VirtualMachineInstance? Former { get; init; }

    /// <summary>The instance that its replica set has made in its place and that counts for it; null if there is none yet.</summary>
    public VirtualMachineInstance? Replacement { get; init; }

    /// <summary>The virtual machine; null if it was deleted, or if there never was one.</summary>
    public VirtualMachine? Machine { get; init; }

    /// <summary>Whether <see cref="Machine"/> and <see cref="Migrations"/> are complete; until they are, null and empty mean nothing.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Migrations of the instance, finished ones too.</summary>
    public IReadOnlyList<Migration> Migrations { get; init; } = [];

    /// <summary>The pod that is to receive it, while its migration waits for that pod; null if there is none, or nobody has looked.</summary>
    public Pod? TargetPod { get; init; }

    /// <summary>What Kubernetes says against its volumes; null if nothing, or nobody has looked.</summary>
    public string? AttachTrouble { get; init; }

    /// <summary>When this is, by the server's clock as far as it is known.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>How a machine stands.</summary>
internal sealed record MachineStanding
{
    public required VirtualMachineOutcome Outcome { get; init; }

    /// <summary>How far it is on its way.</summary>
    public MachineStage Stage { get; init; }

    public required string Message { get; init; }

    public string? To { get; init; }

    public TimeSpan? AwayFor { get; init; }

    /// <summary>Whether it was started again on the very node that it was to leave.</summary>
    public bool IsBack { get; init; }

    /// <summary>Whether nothing more is expected to happen.</summary>
    public bool IsSettled { get; init; }
}

/// <summary>How far a machine is on its way off its node.</summary>
internal enum MachineStage
{
    /// <summary>Nothing has begun.</summary>
    AtRest,

    /// <summary>Marked by KubeVirt, and no migration of it is there.</summary>
    Marked,

    /// <summary>Its migration waits for its turn.</summary>
    Queued,

    /// <summary>Its migration waits after failures before it.</summary>
    BackingOff,

    /// <summary>The pod that is to receive it starts.</summary>
    TargetStarting,

    /// <summary>The pod that is to receive it finds no node.</summary>
    TargetUnschedulable,

    /// <summary>Its memory is being transferred.</summary>
    Migrating,

    /// <summary>It is on its new node, and not over.</summary>
    Arriving,

    /// <summary>Its guest shuts down.</summary>
    ShuttingDown,

    /// <summary>It is down, and to be started elsewhere.</summary>
    Starting,

    /// <summary>Nothing more is expected.</summary>
    Settled,
}
