namespace VmNodeOps.Testing.Controllers;

/// <summary>The pace of the disruption controller.</summary>
internal sealed record DisruptionOptions
{
    /// <summary>From a change of a budget or its pods to the budget's new status: the window in which a budget is not processed yet.</summary>
    public TimeSpan Lag { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long an eviction that was granted counts against the budget while its pod does not go.</summary>
    public TimeSpan DisruptedPodTimeout { get; init; } = TimeSpan.FromMinutes(2);
}
