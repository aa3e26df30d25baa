using System.Text.Json;

namespace VmNodeOps;

/// <summary>What a batch would do, node by node. Immutable.</summary>
public sealed record BatchPlan
{
    /// <summary>The version of the JSON form. A reader accepts its own version and older ones.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>The version of this plan's JSON form.</summary>
    /// <value><see cref="CurrentSchemaVersion"/>.</value>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>How many nodes are worked on at once.</summary>
    public required int MaxNodesAtOnce { get; init; }

    /// <summary>The plan of each node, in the order in which they take their turns.</summary>
    public required IReadOnlyList<MaintenancePlan> Nodes { get; init; }

    /// <summary>Whether something forbids one of them to start.</summary>
    public bool IsRefused => Nodes.Any(static node => node.IsRefused);

    /// <summary>The plans for people, ordered and stable.</summary>
    public string ToText() => string.Join('\n', Nodes.Select(static node => node.ToText()));

    /// <summary>The plan as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, MaintenanceJson.Default.BatchPlan);

    /// <summary>Reads a plan's JSON form; unknown members are passed over.</summary>
    /// <exception cref="FormatException">It is not a plan of a batch, or of a newer schema version.</exception>
    public static BatchPlan FromJson(string json) =>
        VersionedJson.Read<BatchPlan>(json, "the plan of a batch", CurrentSchemaVersion);
}
