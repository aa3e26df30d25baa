namespace VmNodeOps.Cluster;

/// <summary>An attachment of a volume to a node.</summary>
public sealed record VolumeAttachment : ClusterObject
{
    /// <summary>The node.</summary>
    public required string NodeName { get; init; }

    /// <summary>The driver that attaches and detaches.</summary>
    public required string Attacher { get; init; }

    /// <summary>The persistent volume; null for an inline volume.</summary>
    public string? PersistentVolumeName { get; init; }

    /// <summary>Whether the driver has attached it. Default false.</summary>
    public bool IsAttached { get; init; }

    /// <summary>The driver's last trouble with detaching. Default empty.</summary>
    public string DetachError { get; init; } = "";
}

/// <summary>A claim of a persistent volume.</summary>
public sealed record PersistentVolumeClaim : ClusterObject
{
    /// <summary>The volume that it is bound to; null while unbound.</summary>
    public string? PersistentVolumeName { get; init; }

    /// <summary><c>ReadWriteOnce</c>, <c>ReadWriteMany</c> and so on. Default none.</summary>
    public IReadOnlyList<string> AccessModes { get; init; } = [];
}
