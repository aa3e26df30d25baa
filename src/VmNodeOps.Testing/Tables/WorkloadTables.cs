using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tables;

/// <summary>Deployments, replica sets and daemon sets.</summary>
internal static class WorkloadTables
{
    private static readonly Column[] Wide = [new("Containers"), new("Images"), new("Selector")];

    public static TableDefinition Deployments { get; } = TableCatalog.Aged(
        [new("Ready"), new("Up-to-date"), new("Available")],
        (json, _) =>
        [
            $"{json.Number("status", "readyReplicas")}/{json.Number("spec", "replicas")}",
            json.Number("status", "updatedReplicas"), json.Number("status", "availableReplicas"),
        ],
        Wide,
        WideCells);

    public static TableDefinition ReplicaSets { get; } = TableCatalog.Aged(
        [new("Desired", "integer"), new("Current", "integer"), new("Ready", "integer")],
        (json, _) => [json.Number("spec", "replicas"), json.Number("status", "replicas"), json.Number("status", "readyReplicas")],
        Wide,
        WideCells);

    public static TableDefinition DaemonSets { get; } = TableCatalog.Aged(
        [
            new("Desired", "integer"), new("Current", "integer"), new("Ready", "integer"), new("Up-to-date", "integer"),
            new("Available", "integer"), new("Node Selector"),
        ],
        (json, _) =>
        [
            json.Number("status", "desiredNumberScheduled"), json.Number("status", "currentNumberScheduled"), json.Number("status", "numberReady"),
            json.Number("status", "updatedNumberScheduled"), json.Number("status", "numberAvailable"),
            Selector(json.Texts("spec", "template", "spec", "nodeSelector")),
        ],
        Wide,
        WideCells);

    public static string Selector(IEnumerable<KeyValuePair<string, string>> labels) =>
        string.Join(',', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}")).OrNone();

    private static JsonNode?[] WideCells(JsonObject json)
    {
        var containers = json.Objects("spec", "template", "spec", "containers");
        return
        [
            string.Join(',', containers.Select(container => container.Text("name"))),
            string.Join(',', containers.Select(container => container.Text("image"))),
            Selector(json.Texts("spec", "selector", "matchLabels")),
        ];
    }
}
