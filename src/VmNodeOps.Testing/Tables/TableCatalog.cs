using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tables;

/// <summary>Which columns each kind has. Kinds that are not named here have the two that every kind has.</summary>
internal static class TableCatalog
{
    private static readonly Column NameColumn = new("Name", Format: "name", Description: "The object's name.");
    private static readonly Column AgeColumn = new("Age", Description: "How long ago the object was created, by the server's clock.");
    private static readonly Column CreatedColumn = new("Created At", Type: "date", Description: "When the object was created.");

    private static readonly TableDefinition Plain =
        new([NameColumn, CreatedColumn], (json, _) => [json.Name(), json.Text("metadata", "creationTimestamp")]);

    private static readonly Dictionary<ResourceType, TableDefinition> Definitions = new(ReferenceEqualityComparer.Instance)
    {
        [ResourceTypes.Pods] = PodTable.Definition,
        [ResourceTypes.Namespaces] = Aged([new("Status")], (json, _) => [json.Text("status", "phase")]),
        [ResourceTypes.Events] = EventTable.Definition,
        [ResourceTypes.Leases] = Aged([new("Holder")], (json, _) => [json.Text("spec", "holderIdentity")]),
        [ResourceTypes.ConfigMaps] = Aged([new("Data")], (json, _) => [Count(json, "data") + Count(json, "binaryData")]),
        [ResourceTypes.Secrets] = Aged([new("Type"), new("Data", "integer")], (json, _) => [json.Text("type"), Count(json, "data")]),
        [ResourceTypes.ServiceAccounts] = Aged([new("Secrets")], (json, _) => [json.Objects("secrets").Count]),
        [ResourceTypes.PersistentVolumes] = VolumeTables.Volumes,
        [ResourceTypes.PersistentVolumeClaims] = VolumeTables.Claims,
        [ResourceTypes.VolumeAttachments] = VolumeTables.Attachments,
        [ResourceTypes.Services] = ServiceTable.Definition,
        [ResourceTypes.Deployments] = WorkloadTables.Deployments,
        [ResourceTypes.ReplicaSets] = WorkloadTables.ReplicaSets,
        [ResourceTypes.DaemonSets] = WorkloadTables.DaemonSets,
        [ResourceTypes.PodDisruptionBudgets] = Aged(
            [new("Min Available"), new("Max Unavailable"), new("Allowed Disruptions", "integer")],
            (json, _) =>
            [
                json.Text("spec", "minAvailable") ?? "N/A", json.Text("spec", "maxUnavailable") ?? "N/A",
                json.Number("status", "disruptionsAllowed"),
            ]),
        [ResourceTypes.PriorityClasses] = Aged(
            [new("Value"), new("Global-Default"), new("PreemptionPolicy")],
            (json, _) => [json.Number("value"), json.Text("globalDefault") == "true", json.Text("preemptionPolicy") ?? "PreemptLowerPriority"]),
        [ResourceTypes.ClusterRoleBindings] = Aged([new("Role")], (json, _) => [Role(json)]),
        [ResourceTypes.RoleBindings] = Aged([new("Role")], (json, _) => [Role(json)]),
        [ResourceTypes.KubeVirts] = KubeVirtTables.KubeVirts,
        [ResourceTypes.VirtualMachines] = KubeVirtTables.Machines,
        [ResourceTypes.VirtualMachineInstances] = KubeVirtTables.Instances,
        [ResourceTypes.VirtualMachineInstanceMigrations] = KubeVirtTables.Migrations,
        [ResourceTypes.VirtualMachineInstanceReplicaSets] = KubeVirtTables.ReplicaSets,
    };

    /// <summary>The columns of a kind, as a server of this minor version has them.</summary>
    public static TableDefinition For(ResourceType type, int minor) =>
        type == ResourceTypes.Nodes ? NodeTable.Definition(minor)
        : Definitions.TryGetValue(type, out var definition) ? definition
        : Plain;

    /// <summary>Name first, age last before the wide columns.</summary>
    public static TableDefinition Aged(
        IReadOnlyList<Column> columns,
        Func<JsonObject, TableContext, JsonNode?[]> cells,
        IReadOnlyList<Column>? wide = null,
        Func<JsonObject, JsonNode?[]>? wideCells = null) => new(
        [NameColumn, .. columns, AgeColumn, .. (wide ?? []).Select(column => column with { Priority = 1 })],
        (json, context) => [json.Name(), .. cells(json, context), json.AgeAt(context), .. wideCells?.Invoke(json) ?? []]);

    /// <summary>Columns of a custom resource: the name, then what its definition lists.</summary>
    public static TableDefinition Custom(IReadOnlyList<Column> columns, Func<JsonObject, TableContext, JsonNode?[]> cells) =>
        new([NameColumn, .. columns], (json, context) => [json.Name(), .. cells(json, context)]);

    private static int Count(JsonObject json, string map) => (json[map] as JsonObject)?.Count ?? 0;

    private static string Role(JsonObject json) => $"{json.Text("roleRef", "kind")}/{json.Text("roleRef", "name")}";
}
