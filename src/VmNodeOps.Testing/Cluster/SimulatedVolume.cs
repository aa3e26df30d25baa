namespace VmNodeOps.Testing;

/// <summary>A disk of a machine: a claim, a CSI volume behind it, and an attachment wherever the machine runs.</summary>
public sealed record SimulatedVolume
{
    /// <summary>The volume's name in the machine. The claim is called <c>machine-name</c>, the volume <c>pv-namespace-machine-name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Whether several nodes may have it at once (ReadWriteMany); a machine with a volume that is not shared cannot be live-migrated.</summary>
    public bool IsShared { get; init; }

    /// <summary>Whether it is hotplugged, so that an attachment pod of its own holds it.</summary>
    public bool IsHotplugged { get; init; }

    /// <summary>The CSI driver.</summary>
    /// <value>Default <c>csi.simulated.example</c>.</value>
    public string Driver { get; init; } = "csi.simulated.example";

    /// <summary>An existing claim of the machine's namespace to use instead of one of its own; for two machines on one disk.</summary>
    public string? ExistingClaim { get; init; }
}
