using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What happened to one virtual machine.</summary>
public sealed record VirtualMachineReport
{
    /// <summary>Its name and namespace.</summary>
    public required ObjectName Name { get; init; }

    /// <summary>UID of the instance that ran at the beginning.</summary>
    public required string InstanceUid { get; init; }

    /// <summary>The node it ran on.</summary>
    public required string From { get; init; }

    /// <summary>The node it runs on now; null if none.</summary>
    public string? To { get; init; }

    /// <summary>What was expected.</summary>
    public required VirtualMachineFate ExpectedFate { get; init; }

    /// <summary>What happened.</summary>
    public required VirtualMachineOutcome Outcome { get; init; }

    /// <summary>From its last moment of running on the old node to its first on the new one; zero for a migration, null while it is not back.</summary>
    public TimeSpan? AwayFor { get; init; }

    /// <summary>A sentence: how it stands, why, and what would help. Default empty.</summary>
    public string Message { get; init; } = "";
}

/// <summary>What happened to a virtual machine.</summary>
public enum VirtualMachineOutcome
{
    /// <summary>Not touched yet, or left alone: it runs where it did.</summary>
    Unmoved,

    /// <summary>On its way: shutting down, migrating, starting.</summary>
    Moving,

    /// <summary>Runs on another node after a live migration.</summary>
    Migrated,

    /// <summary>Runs on another node after a restart.</summary>
    Restarted,

    /// <summary>Is gone, and another instance of its replica set runs on another node in its place.</summary>
    Replaced,

    /// <summary>Is down, as its run strategy or the policy has it; it can be started.</summary>
    StaysDown,

    /// <summary>Was to run elsewhere, and does not.</summary>
    Missing,

    /// <summary>Is gone: an instance without a virtual machine behind it.</summary>
    Lost,
}
