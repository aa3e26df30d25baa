using System.Text.Json;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What was found on a node before the first write of its maintenance, and how far the maintenance came. Immutable.</summary>
public sealed record MaintenanceJournal
{
    /// <summary>The version of the JSON form. A reader accepts its own version and older ones, and refuses newer ones.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>The version of this journal's JSON form.</summary>
    /// <value><see cref="CurrentSchemaVersion"/>.</value>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>The node's name; a journal counts for this node only.</summary>
    public required string NodeName { get; init; }

    /// <summary>The node's UID.</summary>
    public required string NodeUid { get; init; }

    /// <summary>When it was opened, by the server's clock.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Who opened it: the holder of the node's lock, or the machine's name.</summary>
    public required string OpenedBy { get; init; }

    /// <summary>Whether the node was cordoned before.</summary>
    public required bool WasUnschedulable { get; init; }

    /// <summary>Labels of the node that the maintenance touches, as they were; null for one that was not there. Default none.</summary>
    public IReadOnlyDictionary<string, string?> Labels { get; init; } = new Dictionary<string, string?>();

    /// <summary>The node's taints as they were. Default none.</summary>
    public IReadOnlyList<Taint> Taints { get; init; } = [];

    /// <summary>The virtual machines that were on the node, by name. Default none.</summary>
    public IReadOnlyList<JournaledMachine> Machines { get; init; } = [];

    /// <summary>Which procedure is under way; null if it is not known. Default null.</summary>
    public JournaledProcedure? Procedure { get; init; }

    /// <summary>The last steps so far, at most a hundred, in the order in which they ended. Default none.</summary>
    public IReadOnlyList<JournaledStep> Steps { get; init; } = [];
}

/// <summary>A virtual machine as a journal keeps it.</summary>
public sealed record JournaledMachine
{
    /// <summary>Name and namespace.</summary>
    public required ObjectName Name { get; init; }

    /// <summary>UID of the instance that ran.</summary>
    public required string InstanceUid { get; init; }

    /// <summary>The virtual machine's run strategy; null for an instance without a machine.</summary>
    public RunStrategy? RunStrategy { get; init; }

    /// <summary>The value of the older field <c>spec.running</c>; null where it is not used.</summary>
    public bool? Running { get; init; }

    /// <summary>What was to become of it.</summary>
    public required VirtualMachineFate Fate { get; init; }

    /// <summary>What owns the instance: its virtual machine or its replica set; null for one that stands alone.</summary>
    public Owner? Controller { get; init; }

    /// <summary>Whether it was paused. Default false.</summary>
    public bool WasPaused { get; init; }

    /// <summary>Whether it ran on a healthy node without being Ready, so that being Ready cannot be asked of it elsewhere. Default false.</summary>
    public bool WasUnready { get; init; }

    /// <summary>That the maintenance itself stopped it, and how to start it again; null if it did not. Default null.</summary>
    public JournaledStop? StoppedByUs { get; init; }

    /// <summary>Whether it ran until its node died and nothing starts it again by itself, though it could be started by hand. Default false.</summary>
    public bool StaysDown { get; init; }

    /// <summary>That the maintenance asked for its start, because it would have stayed down; null if it did not. Default null.</summary>
    public JournaledStart? Started { get; init; }
}

/// <summary>A stop that a maintenance asked for, and so the start that it owes. Kept before the stop is asked for, so it may turn out that it never was.</summary>
public sealed record JournaledStop
{
    /// <summary>UID of the virtual machine; another machine of the same name is owed nothing.</summary>
    public required string MachineUid { get; init; }

    /// <summary>The run strategy as it was right before the stop, which may change it (Always becomes Halted).</summary>
    public required RunStrategy RunStrategy { get; init; }

    /// <summary>The value of the older field <c>spec.running</c> right before the stop; null where it was not used. Default null.</summary>
    public bool? Running { get; init; }

    /// <summary>When it was kept, by the server's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When the start that was owed had been asked for; null while it is owed. Default null.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}

/// <summary>A start of a machine that would have stayed down. Kept before it is asked for, so it may turn out that it never was.</summary>
public sealed record JournaledStart
{
    /// <summary>UID of the virtual machine.</summary>
    public required string MachineUid { get; init; }

    /// <summary>When it was kept, by the server's clock.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>When KubeVirt had taken it: it is not asked for again; null while that is not known. Default null.</summary>
    public DateTimeOffset? DoneAt { get; init; }
}

/// <summary>A step as a journal keeps it.</summary>
public sealed record JournaledStep
{
    /// <summary>The step's name.</summary>
    public required string Step { get; init; }

    /// <summary>How it ended.</summary>
    public required StepResult Result { get; init; }

    /// <summary>When, by the server's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What the step had found, in its own shape; null if nothing.</summary>
    public JsonElement? Found { get; init; }
}
