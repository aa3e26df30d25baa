using System.Text.Json;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>
/// Objects that two different systems made: the members that a client acts on are equal, members of the same name have the same JSON type, and
/// lists have the same objects. What test programs played behind the recorded server (addresses, images, figures) is not compared.
/// </summary>
internal static class ShapeComparison
{
    private static readonly string[] Essential =
    [
        "kind", "apiVersion", "metadata.namespace", "metadata.finalizers", "metadata.deletionGracePeriodSeconds",
        "spec.runStrategy", "spec.evictionStrategy", "spec.vmiName", "spec.template.spec.evictionStrategy",
        "spec.unschedulable", "spec.priority", "spec.terminationGracePeriodSeconds", "status.phase", "status.printableStatus", "status.ready", "status.evacuationNodeName",
    ];

    private static readonly string[] EssentialLabels =
        ["kubevirt.io", "kubevirt.io/nodeName", "kubevirt.io/vmi-name", "kubevirt.io/schedulable", "kubevirt.io/domain", "kubevirt.io/evacuationMigration"];

    public static IEnumerable<string> Compare(JsonObject recorded, JsonObject actual)
    {
        if (recorded["items"] is not JsonArray items)
        {
            return Object(recorded, actual, "$");
        }

        var found = (actual["items"] as JsonArray ?? []).ToDictionary(KeyOf, item => item!.AsObject());
        var expected = items.ToDictionary(KeyOf, item => item!.AsObject());
        return Difference.Between(Keys(expected), Keys(found), "$.items")
            .Concat(Difference.Between(recorded["metadata"], actual["metadata"], "$.metadata"))
            .Concat(expected.Where(item => found.ContainsKey(item.Key)).SelectMany(item => Object(item.Value, found[item.Key], $"$.items[{item.Key}]")));
    }

    private static IEnumerable<string> Object(JsonObject recorded, JsonObject actual, string path) =>
        Essential.SelectMany(member => Difference.Between(At(recorded, member), At(actual, member), $"{path}.{member}"))
            .Concat(((string[])["labels", "annotations"]).SelectMany(kind => Marks(recorded, actual, kind, path)))
            .Concat(Difference.Between(Owners(recorded), Owners(actual), path + ".metadata.ownerReferences"))
            .Concat(Difference.Between(Conditions(recorded), Conditions(actual), path + ".status.conditions"))
            .Concat(Difference.Between(Taints(recorded), Taints(actual), path + ".spec.taints"))
            .Concat(Types(recorded, actual, path));

    private static IEnumerable<string> Marks(JsonObject recorded, JsonObject actual, string kind, string path) => EssentialLabels.SelectMany(
        label => Difference.Between(Mark(recorded, kind, label), Mark(actual, kind, label), $"{path}.metadata.{kind}[{label}]"));

    /// <summary>Of nodes only the one that is drained counts: which other one the scheduler chose is its own affair.</summary>
    private static JsonNode? Mark(JsonObject json, string kind, string label) =>
        label == "kubevirt.io/nodeName" && (string?)json["metadata"]?[kind]?[label] is not (null or "node-1")
            ? "elsewhere"
            : json["metadata"]?[kind]?[label];

    private static JsonArray Owners(JsonObject json) =>
        [.. (json["metadata"]?["ownerReferences"] as JsonArray ?? []).Select(owner => (JsonNode)$"{owner!["kind"]} controller={owner["controller"]}")];

    private static JsonArray Taints(JsonObject json) =>
        [.. (json["spec"]?["taints"] as JsonArray ?? []).Select(taint => (JsonNode)$"{taint!["key"]}:{taint["effect"]}")];

    /// <summary>Type and status of what clients judge by, in no order.</summary>
    private static JsonArray Conditions(JsonObject json) =>
        [.. (json["status"]?["conditions"] as JsonArray ?? [])
            .Where(condition => (string?)condition!["type"] is "Ready" or "LiveMigratable" or "Paused" or "EvictionRequested" or "Available")
            .Select(condition => $"{condition!["type"]}={condition["status"]}").Order(StringComparer.Ordinal).Select(text => (JsonNode)text)];

    private static IEnumerable<string> Types(JsonNode? recorded, JsonNode? actual, string path)
    {
        if (recorded is null || actual is null)
        {
            return [];
        }

        if (KindOf(recorded) != KindOf(actual))
        {
            return [$"{path}: recorded {KindOf(recorded)}, got {KindOf(actual)}"];
        }

        return recorded switch
        {
            JsonObject members => members.Where(member => member.Key is not ("managedFields" or "labels" or "annotations"))
                .SelectMany(member => Types(member.Value, actual[member.Key], $"{path}.{member.Key}")),
            JsonArray list => list.Take(1).SelectMany(item => Types(item, actual.AsArray().FirstOrDefault(), path + "[0]")),
            _ => [],
        };
    }

    private static JsonValueKind KindOf(JsonNode node) => node.GetValueKind() == JsonValueKind.False ? JsonValueKind.True : node.GetValueKind();

    private static JsonArray Keys(Dictionary<string, JsonObject> items) => [.. items.Keys.Order(StringComparer.Ordinal).Select(key => (JsonNode)key)];

    private static JsonNode? At(JsonObject json, string path)
    {
        JsonNode? node = json;
        foreach (var part in path.Split('.'))
        {
            node = (node as JsonObject)?[part];
        }

        return node;
    }

    /// <summary>Generated names differ: their objects go by what they were generated from and a number.</summary>
    private static string KeyOf(JsonNode? item, int index) =>
        (string?)item!["metadata"]!["generateName"] is { } prefix && !prefix.StartsWith("virt-launcher-", StringComparison.Ordinal)
            ? $"{prefix.Split('-')[0]}-{prefix.Split('-')[1]} {index}"
            : (string)item["metadata"]!["name"]!;

    private static Dictionary<string, JsonObject> ToDictionary(this JsonArray items, Func<JsonNode?, int, string> key, Func<JsonNode?, JsonObject> value) =>
        items.Select((item, index) => (Key: key(item, index), Value: value(item))).ToDictionary(pair => pair.Key, pair => pair.Value);
}
