using System.Text.Json;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What a maintenance would do, as things stand: objects by name and UID, what would happen to each, and why. Immutable.</summary>
public sealed record MaintenancePlan
{
    /// <summary>The version of the JSON form. A reader accepts its own version and older ones.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>The version of this plan's JSON form.</summary>
    /// <value><see cref="CurrentSchemaVersion"/>.</value>
    public int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>The node's UID.</summary>
    public required string NodeUid { get; init; }

    /// <summary>The node's boot. Default empty: not told.</summary>
    public string BootId { get; init; } = "";

    /// <summary>Whether the node was Ready.</summary>
    public required ConditionStatus NodeReady { get; init; }

    /// <summary>Whether the node was cordoned.</summary>
    public bool Unschedulable { get; init; }

    /// <summary>When it was made, by the server's clock.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>The steps, in order.</summary>
    public required IReadOnlyList<StepPlan> Steps { get; init; }

    /// <summary>What would become of each virtual machine of the node, by name. Default none.</summary>
    public IReadOnlyList<PlannedVirtualMachine> VirtualMachines { get; init; } = [];

    /// <summary>Every right that the run needs: those of its steps, and those of its lock. Default none.</summary>
    public IReadOnlyList<AccessQuestion> Rights { get; init; } = [];

    /// <summary>Whether something forbids the run to start.</summary>
    public bool IsRefused => Refusals.Any();

    /// <summary>What forbids it.</summary>
    internal IEnumerable<Finding> Refusals =>
        Steps.SelectMany(step => step.Findings).Where(finding => finding.Severity == FindingSeverity.Refusal);

    /// <summary>The plan for people, ordered and stable.</summary>
    public string ToText() => PlanText.Write(this);

    /// <summary>The plan as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, MaintenanceJson.Default.MaintenancePlan);

    /// <summary>Reads a plan's JSON form; unknown members are passed over.</summary>
    /// <exception cref="FormatException">It is not a plan, or of a newer schema version.</exception>
    public static MaintenancePlan FromJson(string json) =>
        VersionedJson.Read<MaintenancePlan>(json, "a maintenance plan", CurrentSchemaVersion);

    /// <summary>What is different in a plan made now; empty if the two do the same to the same objects.</summary>
    public IReadOnlyList<string> FindDrift(MaintenancePlan now)
    {
        ArgumentNullException.ThrowIfNull(now);
        return PlanDrift.Find(this, now);
    }
}
