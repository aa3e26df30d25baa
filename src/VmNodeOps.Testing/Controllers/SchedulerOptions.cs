namespace VmNodeOps.Testing.Controllers;

/// <summary>The pace of the scheduler.</summary>
internal sealed record SchedulerOptions
{
    /// <summary>From a new pod to its binding.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.Zero;

    /// <summary>How soon a pod that found no place is looked at again after something changed.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);
}
