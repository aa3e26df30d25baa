namespace VmNodeOps.Testing.Controllers;

/// <summary>The pace of the attach/detach controller.</summary>
internal sealed record AttachDetachOptions
{
    /// <summary>How often it looks whether what it believes attached still is: so long an attachment deleted by hand can go unnoticed.</summary>
    public TimeSpan SyncPeriod { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it waits for an unhealthy node to report a volume unmounted before it detaches all the same.</summary>
    public TimeSpan MaximumWaitForUnmount { get; init; } = TimeSpan.FromMinutes(6);
}
