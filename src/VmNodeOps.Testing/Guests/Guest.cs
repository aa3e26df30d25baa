namespace VmNodeOps.Testing;

/// <summary>One run of a virtual machine's guest on one host, from the moment it executes there to the moment it stops.</summary>
/// <remarks>A live migration ends one run and begins the next in the same instant: a target that only receives memory does not run yet.</remarks>
public sealed record Guest
{
    /// <summary>The namespace of the machine.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name of the machine: its instance's name.</summary>
    public required string Name { get; init; }

    /// <summary>The UID of the VirtualMachineInstance that this run belongs to.</summary>
    public required string InstanceUid { get; init; }

    /// <summary>The UID of the virt-launcher pod that holds it.</summary>
    public required string PodUid { get; init; }

    /// <summary>The node whose host it runs on.</summary>
    public required string Node { get; init; }

    /// <summary>Since when it runs there.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it stopped; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it stopped; null while it runs.</summary>
    public GuestEnd? End { get; init; }

    /// <summary>Whether its processors are stopped; it holds its disks all the same.</summary>
    public bool IsPaused { get; init; }

    /// <summary>What it holds open for writing: names of PersistentVolumes, or <c>namespace/claim</c> of a claim that is not bound.</summary>
    public required IReadOnlyList<string> Disks { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}/{Name} on {Node} (instance {InstanceUid})";
}

/// <summary>How a run of a guest ended.</summary>
public enum GuestEnd
{
    /// <summary>It shut itself down when it was asked to.</summary>
    ShutDown,

    /// <summary>It was destroyed: it did not shut down in time, or its launcher was killed.</summary>
    Destroyed,

    /// <summary>Its host lost power.</summary>
    PowerLost,

    /// <summary>A live migration handed it over to another host.</summary>
    Migrated,
}
