namespace VmNodeOps.Cluster;

/// <summary>One event of a watch.</summary>
/// <typeparam name="T">The kind of object.</typeparam>
public sealed record WatchEvent<T>
    where T : ClusterObject
{
    /// <summary>What happened.</summary>
    public required WatchEventKind Kind { get; init; }

    /// <summary>The object after the change; for <see cref="WatchEventKind.Deleted"/> its last known state; otherwise null.</summary>
    public T? Object { get; init; }

    /// <summary>
    /// The server's count up to which everything has now been told; null with <see cref="WatchEventKind.Interrupted"/>, and while the state is read
    /// (at the beginning, and again after contact was lost or a version expired), when none holds for the whole until <see cref="WatchEventKind.Synchronized"/>.
    /// </summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Why contact was lost, with <see cref="WatchEventKind.Interrupted"/>; otherwise null.</summary>
    public ClusterException? Error { get; init; }
}

/// <summary>What an event of a watch tells.</summary>
public enum WatchEventKind
{
    /// <summary>The object is new to the selection, or the watch begins and it is there.</summary>
    Added,

    /// <summary>The object changed.</summary>
    Modified,

    /// <summary>The object is gone, or no longer in the selection.</summary>
    Deleted,

    /// <summary>Everything up to this moment has been told: after the beginning, after lost contact is found again, and when the server says that it is so (a bookmark).</summary>
    Synchronized,

    /// <summary>Contact is lost and is being sought again; until the next <see cref="Synchronized"/> the picture may be out of date. An orderly end of a connection is not told.</summary>
    Interrupted,
}
