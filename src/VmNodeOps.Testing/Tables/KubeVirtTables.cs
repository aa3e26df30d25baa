namespace VmNodeOps.Testing.Tables;

/// <summary>The columns that KubeVirt's definitions list; a value that is not there is an empty cell.</summary>
internal static class KubeVirtTables
{
    private static readonly Column AgeColumn = new("Age", "date");

    public static TableDefinition Instances { get; } = TableCatalog.Custom(
        [
            AgeColumn, new("Phase"), new("IP"), new("NodeName"), new("Ready"), new("Live-Migratable", Priority: 1), new("Paused", Priority: 1),
        ],
        (json, context) =>
        [
            json.AgeAt(context), json.Text("status", "phase"), json.Objects("status", "interfaces") is [var first, ..] ? first.Text("ipAddress") : null,
            json.Text("status", "nodeName"), json.Condition("Ready"), json.Condition("LiveMigratable"), json.Condition("Paused"),
        ]);

    public static TableDefinition Machines { get; } = TableCatalog.Custom(
        [AgeColumn, new("Status"), new("Ready")],
        (json, context) => [json.AgeAt(context), json.Text("status", "printableStatus"), json.Condition("Ready")]);

    public static TableDefinition Migrations { get; } = TableCatalog.Custom(
        [new("Phase"), new("VMI")],
        (json, _) => [json.Text("status", "phase"), json.Text("spec", "vmiName")]);

    public static TableDefinition KubeVirts { get; } = TableCatalog.Custom(
        [AgeColumn, new("Phase")],
        (json, context) => [json.AgeAt(context), json.Text("status", "phase")]);

    public static TableDefinition ReplicaSets { get; } = TableCatalog.Custom(
        [new("Desired", "integer"), new("Current", "integer"), new("Ready", "integer"), AgeColumn],
        (json, context) =>
        [
            json.Number("spec", "replicas"), json.Number("status", "replicas"), json.Number("status", "readyReplicas"), json.AgeAt(context),
        ]);
}
