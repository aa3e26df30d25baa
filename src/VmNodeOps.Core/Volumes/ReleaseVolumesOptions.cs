namespace VmNodeOps;

/// <summary>How the volumes of a dead node are detached.</summary>
public sealed record ReleaseVolumesOptions
{
    /// <summary>How long detaching is awaited before the machines are looked at all the same. What is then still attached is told, and looked at once more at the end.</summary>
    /// <value>
    /// Three minutes. Most drivers need seconds; Kubernetes itself may take up to a minute to notice that an attachment was deleted by hand.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public TimeSpan DetachTimeout
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(DetachTimeout), value, "It must be longer than nothing.");
    } = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Whether to take the finalizers off attachments whose driver has not detached within <see cref="DetachTimeout"/>. A finalizer stands for a disk that may still be attached to a machine: the storage
    /// may go on to refuse it elsewhere, or let two machines have it.
    /// </summary>
    /// <value>False: they are named and left.</value>
    public bool StripFinalizers { get; init; }
}
