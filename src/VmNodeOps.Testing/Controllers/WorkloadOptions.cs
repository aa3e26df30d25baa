namespace VmNodeOps.Testing.Controllers;

/// <summary>The pace of the controllers of Deployments, ReplicaSets and DaemonSets.</summary>
internal sealed record WorkloadOptions
{
    /// <summary>From a change to the controller's look at it.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.Zero;
}
