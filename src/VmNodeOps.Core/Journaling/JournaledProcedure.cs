using System.Text.Json;

namespace VmNodeOps;

/// <summary>Which procedure is under way, as a journal keeps it: enough to compose it again, and nothing secret.</summary>
public sealed record JournaledProcedure
{
    /// <summary>The steps, in their order.</summary>
    public required IReadOnlyList<JournaledProcedureStep> Steps { get; init; }

    /// <summary>What held for the whole run.</summary>
    public required JournaledRunOptions Options { get; init; }
}

/// <summary>A step of a <see cref="JournaledProcedure"/>.</summary>
public sealed record JournaledProcedureStep
{
    /// <summary>The step's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its options, in their own shape; null if it has none. Default null.</summary>
    public JsonElement? Options { get; init; }

    /// <summary>Whether it cannot be composed from its name and options: a step of the embedding program, or one whose options hold code. Default false.</summary>
    public bool IsCustom { get; init; }
}

/// <summary>What held for a run, as far as it belongs to the procedure and not to whoever runs it.</summary>
public sealed record JournaledRunOptions
{
    /// <inheritdoc cref="MaintenanceOptions.Timeout"/>
    public required TimeSpan Timeout { get; init; }

    /// <inheritdoc cref="MaintenanceOptions.StepTimeout"/>
    public TimeSpan? StepTimeout { get; init; }

    /// <inheritdoc cref="MaintenanceOptions.MachineTimeout"/>
    public TimeSpan? MachineTimeout { get; init; }

    /// <inheritdoc cref="MaintenanceOptions.MaxParallelism"/>
    public required int MaxParallelism { get; init; }

    /// <inheritdoc cref="MaintenanceOptions.NodeFreshness"/>
    public required TimeSpan NodeFreshness { get; init; }

    /// <inheritdoc cref="MaintenanceOptions.OnFailure"/>
    public required UndoPolicy OnFailure { get; init; }

    internal static JournaledRunOptions Of(MaintenanceOptions options) => new()
    {
        Timeout = options.Timeout,
        StepTimeout = options.StepTimeout,
        MachineTimeout = options.MachineTimeout,
        MaxParallelism = options.MaxParallelism,
        NodeFreshness = options.NodeFreshness,
        OnFailure = options.OnFailure,
    };

    internal MaintenanceOptions Over(MaintenanceOptions options) => options with
    {
        Timeout = Timeout,
        StepTimeout = StepTimeout,
        MachineTimeout = MachineTimeout,
        MaxParallelism = MaxParallelism,
        NodeFreshness = NodeFreshness,
        OnFailure = OnFailure,
    };
}
