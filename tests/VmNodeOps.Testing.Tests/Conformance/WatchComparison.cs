using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>
/// Watches: the same objects, and per object the same types and stages in the same order. Where two different systems wrote behind the server,
/// several writes of one stage count as one.
/// </summary>
internal static class WatchComparison
{
    public static IEnumerable<string> Compare(JsonArray recorded, JsonArray actual, bool countsWrites)
    {
        var expected = Sequences(recorded, countsWrites);
        var seen = Sequences(actual, countsWrites);
        foreach (var difference in Difference.Between(Names(expected), Names(seen), "$.objects"))
        {
            yield return difference;
        }

        foreach (var (name, events) in expected)
        {
            if (seen.TryGetValue(name, out var found) && !events.SequenceEqual(found))
            {
                yield return $"{name}: recorded {string.Join(", ", events)}; got {string.Join(", ", found)}";
            }
        }
    }

    private static JsonArray Names(Dictionary<string, List<string>> sequences) => [.. sequences.Keys.Select(name => (JsonNode)name)];

    private static Dictionary<string, List<string>> Sequences(JsonArray events, bool countsWrites)
    {
        var sequences = new Dictionary<string, List<string>>();
        foreach (var entry in events)
        {
            var shown = entry!["object"]!;
            var name = $"{shown["kind"]} {shown["metadata"]?["name"]}".TrimEnd();
            if (!sequences.TryGetValue(name, out var sequence))
            {
                sequences.Add(name, sequence = []);
            }

            var stage = Describe((string)entry["type"]!, shown);
            if (countsWrites || sequence.LastOrDefault() != stage)
            {
                sequence.Add(stage);
            }
        }

        return sequences;
    }

    private static string Describe(string type, JsonNode shown) => type switch
    {
        "ERROR" => $"ERROR {shown["code"]} {shown["reason"]}",
        "BOOKMARK" => shown["metadata"]?["annotations"] is { } annotations ? $"BOOKMARK {annotations.ToJsonString()}" : "BOOKMARK",
        _ => string.Join(' ', Stages(type, shown).Where(part => part is not null)),
    };

    private static string?[] Stages(string type, JsonNode shown)
    {
        var status = shown["status"];
        var taints = (shown["spec"]?["taints"] as JsonArray)?.Select(taint => $"{taint!["key"]}:{taint["effect"]}") ?? [];
        return
        [
            type,
            status?["phase"]?.ToString(),
            status?["evacuationNodeName"] is null ? null : "marked",
            status?["nodeName"] is { } node ? node.ToString() == "node-1" ? "at its node" : "elsewhere" : null,
            shown["metadata"]?["deletionGracePeriodSeconds"]?.ToString(),
            .. (string)shown["kind"]! == "Node" ? taints : [],
        ];
    }
}
