using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tables;

/// <summary>Events: when last, what, about which object.</summary>
internal static class EventTable
{
    public static TableDefinition Definition { get; } = new(
        [
            new("Last Seen"), new("Type"), new("Reason"), new("Object"), new("Subobject", Priority: 1), new("Source", Priority: 1), new("Message"),
            new("First Seen", Priority: 1), new("Count", "integer", 1), new("Name", Priority: 1, Format: "name"),
        ],
        (json, context) =>
        {
            var first = json.Text("firstTimestamp") ?? json.Text("eventTime");
            var count = json.Number("series", "count") is > 0 and var series ? series : Math.Max(1, json.Number("count"));
            var last = json.Text("series", "lastObservedTime") ?? json.Text("lastTimestamp") ?? first;
            return
            [
                Age.Since(last, context.Now), json.Text("type"), json.Text("reason"),
                $"{json.Text("involvedObject", "kind")?.ToLowerInvariant()}/{json.Text("involvedObject", "name")}",
                json.Text("involvedObject", "fieldPath") ?? "", Source(json), json.Text("message")?.Trim() ?? "",
                Age.Since(first, context.Now), count, json.Name(),
            ];
        });

    private static string Source(JsonObject json)
    {
        var component = json.Text("source", "component") is { Length: > 0 } given ? given : json.Text("reportingComponent") ?? "";
        var host = json.Text("source", "host") is { Length: > 0 } named ? named : json.Text("reportingInstance") ?? "";
        return host.Length == 0 ? component : $"{component}, {host}";
    }
}
