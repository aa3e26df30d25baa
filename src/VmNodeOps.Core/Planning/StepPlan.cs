using System.Text.Json;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What one step would do. Immutable.</summary>
public sealed record StepPlan
{
    /// <summary>The step's name.</summary>
    public required string Step { get; init; }

    /// <summary>What it would do, in order; objects by name and UID. Default nothing.</summary>
    public IReadOnlyList<PlannedAction> Actions { get; init; } = [];

    /// <summary>What stands against it, or should be known. A refusal keeps the run from starting. Default nothing.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The rights that it needs. Default none.</summary>
    public IReadOnlyList<AccessQuestion> Rights { get; init; } = [];

    /// <summary>What the step found and needs for undo or resume, in its own shape; null if nothing. A journal keeps it.</summary>
    public JsonElement? Found { get; init; }
}
