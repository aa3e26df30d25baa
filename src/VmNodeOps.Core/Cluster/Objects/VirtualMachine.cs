namespace VmNodeOps.Cluster;

/// <summary>A virtual machine: the wish, of which a <see cref="VirtualMachineInstance"/> of the same name is the running part.</summary>
public sealed record VirtualMachine : ClusterObject
{
    /// <summary>When it is to run; the older field <c>spec.running</c> is told as <see cref="RunStrategy.Always"/> or <see cref="RunStrategy.Halted"/>.</summary>
    public required RunStrategy RunStrategy { get; init; }

    /// <summary>The value of the older field <c>spec.running</c>; null where <c>spec.runStrategy</c> is used.</summary>
    public bool? Running { get; init; }

    /// <summary>KubeVirt's one word of its state: <c>Running</c>, <c>Stopped</c>, <c>Migrating</c>. Default empty.</summary>
    public string PrintableStatus { get; init; } = "";

    /// <summary>Whether its instance exists. Default false.</summary>
    public bool Created { get; init; }

    /// <summary>Conditions. Default none.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}

/// <summary>What KubeVirt does when a machine's instance ends (<c>spec.runStrategy</c>).</summary>
public enum RunStrategy
{
    /// <summary>A value that this version does not know.</summary>
    Unknown,

    /// <summary>Runs; started again however it ended.</summary>
    Always,

    /// <summary>Started again when it failed, not when the guest shut itself down, and so not after an eviction that shuts it down.</summary>
    RerunOnFailure,

    /// <summary>Started and stopped by hand.</summary>
    Manual,

    /// <summary>Does not run.</summary>
    Halted,

    /// <summary>Runs once.</summary>
    Once,

    /// <summary>Waits to receive a migration from another cluster.</summary>
    WaitAsReceiver,
}
