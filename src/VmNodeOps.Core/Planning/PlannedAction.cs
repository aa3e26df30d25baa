using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>One thing that a step would do.</summary>
public sealed record PlannedAction
{
    /// <summary>What kind of act.</summary>
    public required ActionKind Kind { get; init; }

    /// <summary>The object, with its UID; null for a wait or a hook.</summary>
    public ObjectReference? Target { get; init; }

    /// <summary>What becomes of the virtual machine, if the act concerns one; otherwise null.</summary>
    public VirtualMachineFate? Fate { get; init; }

    /// <summary>What the policy says of the virtual machine; null if the act concerns none, or no policy was asked.</summary>
    public VirtualMachineTreatment? Treatment { get; init; }

    /// <summary>What else is to be known of the virtual machine. Default nothing.</summary>
    public IReadOnlyList<VirtualMachineTrait> Traits { get; init; } = [];

    /// <summary>What is done, in a few words: <c>evict virt-launcher-db-x7k2p (VM prod/db)</c>.</summary>
    public required string What { get; init; }

    /// <summary>Why, and what follows, in a sentence.</summary>
    public required string Why { get; init; }
}

/// <summary>Kinds of acts.</summary>
public enum ActionKind
{
    /// <summary>Waits for something and writes nothing.</summary>
    Wait,

    /// <summary>Makes the node unschedulable.</summary>
    Cordon,

    /// <summary>Makes the node schedulable.</summary>
    Uncordon,

    /// <summary>Changes labels, annotations or taints of the node.</summary>
    Mark,

    /// <summary>Asks the server to evict a pod.</summary>
    Evict,

    /// <summary>Deletes an object with its usual grace.</summary>
    Delete,

    /// <summary>Removes a pod object at once, whether or not anything still runs. Needs evidence that the node is down.</summary>
    ForceDelete,

    /// <summary>Detaches a volume from the node by deleting its VolumeAttachment. Needs evidence that the node is down.</summary>
    Detach,

    /// <summary>Gathers evidence that the node is down.</summary>
    Confirm,

    /// <summary>Leaves something alone on purpose, and writes nothing.</summary>
    Leave,

    /// <summary>Shuts a virtual machine down, as KubeVirt does it.</summary>
    Stop,

    /// <summary>Starts a virtual machine, with the very setting that it had.</summary>
    Start,

    /// <summary>Asks KubeVirt to migrate a virtual machine live.</summary>
    Migrate,

    /// <summary>Switches the machine under the node off.</summary>
    PowerOff,

    /// <summary>Switches the machine under the node on.</summary>
    PowerOn,

    /// <summary>Calls code of the embedding program.</summary>
    Hook,

    /// <summary>Any other act of a step of one's own.</summary>
    Other,
}
