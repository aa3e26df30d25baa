namespace VmNodeOps.Cluster;

/// <summary>A page of a list: some of the objects, as the server hands them out one page after the other.</summary>
/// <typeparam name="T">The kind of object.</typeparam>
public sealed record Page<T>
    where T : ClusterObject
{
    /// <summary>The objects of this page alone, in the server's order; it may be empty and not the last all the same.</summary>
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>Whether everything is read again from here on, because the server no longer has the moment that the pages before are of (410): those are to be dropped. Default false.</summary>
    public bool BeginsAnew { get; init; }

    /// <summary>Whether it is known to be the last. Default false: more may follow.</summary>
    public bool IsLast { get; init; }
}
