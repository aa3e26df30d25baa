namespace VmNodeOps.Testing.Api.Storage;

/// <summary>All objects of a type as they were at one revision of the store.</summary>
internal sealed record Snapshot(ResourceType Type, long Revision, SnapshotContent Content)
{
    /// <summary>Ordered by namespace and name; of one namespace, or all with null.</summary>
    public StoredObject[] List(string? ns) => Content.List(ns);
}
