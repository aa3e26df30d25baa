namespace VmNodeOps.Cluster;

/// <summary>How a write is done.</summary>
public record WriteOptions
{
    /// <summary>Whether the server only checks and answers, and stores nothing (<c>dryRun=All</c>). Default false.</summary>
    public bool DryRun { get; init; }
}

/// <summary>How an object is deleted.</summary>
public sealed record DeletionOptions : WriteOptions
{
    /// <summary>How long a pod is given to stop; null means its own; zero removes the object at once, whether or not anything still runs (force delete). Default null.</summary>
    public TimeSpan? GracePeriod { get; init; }

    /// <summary>When given, the object is deleted only if it is still at that version; otherwise refused with <see cref="ClusterErrorCause.Conflict"/>. Default null.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>A force delete: grace period zero.</summary>
    public static DeletionOptions Force { get; } = new() { GracePeriod = TimeSpan.Zero };
}
