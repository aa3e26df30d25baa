using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Something that happened in a run. Numbered from 1 without gaps; every consumer gets them in order.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RunStarted), "runStarted")]
[JsonDerivedType(typeof(StepStarted), "stepStarted")]
[JsonDerivedType(typeof(StepProgressed), "stepProgressed")]
[JsonDerivedType(typeof(VirtualMachineChanged), "virtualMachineChanged")]
[JsonDerivedType(typeof(WriteAnswered), "writeAnswered")]
[JsonDerivedType(typeof(FindingRaised), "findingRaised")]
[JsonDerivedType(typeof(StepFinished), "stepFinished")]
[JsonDerivedType(typeof(RunFinished), "runFinished")]
[JsonDerivedType(typeof(BatchFinished), "batchFinished")]
public abstract record MaintenanceEvent
{
    /// <summary>The version of the JSON form. A reader accepts its own version and older ones. Raised with that of the report, which the last event carries.</summary>
    public const int CurrentSchemaVersion = 1;

    private static readonly FrozenSet<string> Kinds =
        typeof(MaintenanceEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(static kind => (string)kind.TypeDiscriminator!).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The version of this event's JSON form.</summary>
    /// <value><see cref="CurrentSchemaVersion"/>.</value>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>Counts the events of the node's run from 1.</summary>
    public long Sequence { get; init; }

    /// <summary>When, by the run's clock.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The node of the run; empty for what concerns a whole batch.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>The event in a line, for people.</summary>
    public abstract string Describe();

    /// <summary>The event as JSON on one line, with its kind as <c>type</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, MaintenanceJson.Lines.MaintenanceEvent);

    /// <summary>Reads an event's JSON form: a line of <c>--output jsonl</c>, say. Unknown members are passed over.</summary>
    /// <returns>The event; null if it is of a kind that this version does not know, as a newer one may add: pass it over.</returns>
    /// <exception cref="FormatException">It is not an event, or of a newer schema version.</exception>
    public static MaintenanceEvent? FromJson(string json)
    {
        const string What = "a maintenance event";
        VersionedJson.EnsureKnown(json, What, CurrentSchemaVersion);
        return KindOf(json) switch
        {
            null => throw new FormatException($"This is not {What}: it is no JSON object with a type."),
            var kind when !Kinds.Contains(kind) => null,
            _ => VersionedJson.Read<MaintenanceEvent>(json, What, CurrentSchemaVersion),
        };
    }

    private static string? KindOf(string json)
    {
        try
        {
            return (JsonNode.Parse(json) as JsonObject)?["type"] is JsonValue type && type.TryGetValue(out string? kind) ? kind : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The run begins; nothing is written yet.</summary>
public sealed record RunStarted : MaintenanceEvent
{
    /// <summary>The steps, in order.</summary>
    public required IReadOnlyList<string> Steps { get; init; }

    /// <inheritdoc/>
    public override string Describe() => $"{NodeName}: {string.Join(", ", Steps)}";
}

/// <summary>A step begins.</summary>
public sealed record StepStarted : MaintenanceEvent
{
    /// <summary>The step.</summary>
    public required string Step { get; init; }

    /// <inheritdoc/>
    public override string Describe() => $"{Step} …";
}

/// <summary>A step got on.</summary>
public sealed record StepProgressed : MaintenanceEvent
{
    /// <summary>The step.</summary>
    public required string Step { get; init; }

    /// <summary>How much is done.</summary>
    public required int Done { get; init; }

    /// <summary>Of how much.</summary>
    public required int Total { get; init; }

    /// <summary>What was done, or what is awaited and why.</summary>
    public required string Message { get; init; }

    /// <inheritdoc/>
    public override string Describe() => $"{Step} {Done}/{Total}: {Message}";
}

/// <summary>Something happened to a virtual machine.</summary>
public sealed record VirtualMachineChanged : MaintenanceEvent
{
    /// <summary>The machine.</summary>
    public required ObjectName VirtualMachine { get; init; }

    /// <summary>How it stands now.</summary>
    public required VirtualMachineOutcome Outcome { get; init; }

    /// <summary>A sentence.</summary>
    public required string Message { get; init; }

    /// <inheritdoc/>
    public override string Describe() => $"{VirtualMachine}: {Message}";
}

/// <summary>A write was answered, or its answer was lost.</summary>
public sealed record WriteAnswered : MaintenanceEvent
{
    /// <summary>The write.</summary>
    public required WriteRecord Write { get; init; }

    /// <inheritdoc/>
    public override string Describe() => Write.Describe();
}

/// <summary>Something that should be known came up.</summary>
public sealed record FindingRaised : MaintenanceEvent
{
    /// <summary>What.</summary>
    public required Finding Finding { get; init; }

    /// <inheritdoc/>
    public override string Describe() => Finding.Lift.Length == 0 ? Finding.Message : $"{Finding.Message} {Finding.Lift}";
}

/// <summary>A step ended.</summary>
public sealed record StepFinished : MaintenanceEvent
{
    /// <summary>The step.</summary>
    public required string Step { get; init; }

    /// <summary>How.</summary>
    public required StepOutcome Outcome { get; init; }

    /// <inheritdoc/>
    public override string Describe() => $"{Step}: {Outcome.Message}";
}

/// <summary>The run ended; the last event.</summary>
public sealed record RunFinished : MaintenanceEvent
{
    /// <summary>The report.</summary>
    public required MaintenanceReport Report { get; init; }

    /// <inheritdoc/>
    public override string Describe() => Report.Summary;
}

/// <summary>A batch of several nodes ended; its last event, after the last one of each node.</summary>
public sealed record BatchFinished : MaintenanceEvent
{
    /// <summary>The report.</summary>
    public required BatchReport Report { get; init; }

    /// <inheritdoc/>
    public override string Describe() => Report.Summary;
}
