using System.Text.Json;

namespace VmNodeOps;

/// <summary>What a run did, to what, and how it ended. Immutable.</summary>
public sealed record MaintenanceReport
{
    /// <summary>The version of the JSON form. A reader accepts its own version and older ones.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>The version of this report's JSON form.</summary>
    /// <value><see cref="CurrentSchemaVersion"/>.</value>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>How the run ended.</summary>
    public required MaintenanceResult Result { get; init; }

    /// <summary>One paragraph for people: how it ended, and if not well, what stood against it and what lifts it.</summary>
    public required string Summary { get; init; }

    /// <summary>If the run was refused because rights are missing: the roles that grant them, as YAML for <c>kubectl apply</c>, to be bound to whoever runs this. Default empty.</summary>
    public string MissingRole { get; init; } = "";

    /// <summary>When the run began, by its clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>Every step, in order.</summary>
    public required IReadOnlyList<StepReport> Steps { get; init; }

    /// <summary>Every virtual machine concerned, by name. Default none.</summary>
    public IReadOnlyList<VirtualMachineReport> VirtualMachines { get; init; } = [];

    /// <summary>Every write that was sent, in order. Default none.</summary>
    public IReadOnlyList<WriteRecord> Writes { get; init; } = [];

    /// <summary>What was found, before and during the run. Default nothing.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Whether everything was done.</summary>
    public bool Succeeded => Result == MaintenanceResult.Succeeded;

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, MaintenanceJson.Default.MaintenanceReport);

    /// <summary>Reads a report's JSON form; unknown members are passed over.</summary>
    /// <exception cref="FormatException">It is not a report, or of a newer schema version.</exception>
    public static MaintenanceReport FromJson(string json) =>
        VersionedJson.Read<MaintenanceReport>(json, "a maintenance report", CurrentSchemaVersion);

    /// <summary>The report for people.</summary>
    public string ToText() => ReportText.Write(this);

    /// <summary>Gives the report itself if the run succeeded.</summary>
    /// <exception cref="MaintenanceException">It did not; carries the report.</exception>
    public MaintenanceReport EnsureSucceeded() => Succeeded ? this : throw new MaintenanceException(this);
}

/// <summary>How one step went.</summary>
public sealed record StepReport
{
    /// <summary>The step's name.</summary>
    public required string Step { get; init; }

    /// <summary>How it ended.</summary>
    public required StepOutcome Outcome { get; init; }

    /// <summary>How long it took; null if it was not reached.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How its undo ended; null if it was not undone.</summary>
    public StepOutcome? Undo { get; init; }
}

/// <summary>How a run ended.</summary>
public enum MaintenanceResult
{
    /// <summary>Everything was done.</summary>
    Succeeded,

    /// <summary>It did not begin: something forbids it, or the plan no longer holds. Nothing was written.</summary>
    Refused,

    /// <summary>It did not begin: another actor holds the node. Nothing was written to it.</summary>
    HeldByAnother,

    /// <summary>Something stands against it that waiting does not lift.</summary>
    Blocked,

    /// <summary>A step was tried and did not work.</summary>
    Failed,

    /// <summary>The time was up.</summary>
    TimedOut,

    /// <summary>The caller cancelled.</summary>
    Cancelled,
}
