namespace VmNodeOps.Testing.Controllers;

/// <summary>How the storage behind the CSI drivers behaves.</summary>
internal sealed record StorageOptions
{
    /// <summary>How long ControllerPublishVolume takes.</summary>
    public TimeSpan AttachDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long ControllerUnpublishVolume takes.</summary>
    public TimeSpan DetachDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The first wait after a refused call; it doubles up to <see cref="LastRetry"/>.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LastRetry { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether a volume that is not shared refuses to be attached to a second host.</summary>
    public bool Exclusive { get; init; } = true;
}
