namespace VmNodeOps.Cluster;

/// <summary>Objects as they were at one moment.</summary>
/// <typeparam name="T">The kind of object.</typeparam>
public sealed record Snapshot<T>
    where T : ClusterObject
{
    /// <summary>The objects, ordered by namespace and name.</summary>
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>The moment, as the server counts: a watch can go on from here. Opaque.</summary>
    public required string ResourceVersion { get; init; }
}
