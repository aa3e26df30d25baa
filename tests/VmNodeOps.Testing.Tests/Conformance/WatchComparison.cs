using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>Watches: per object the same types in the same order, the same stages of deletion, and the order of first appearance.</summary>
internal static class WatchComparison
{
    public static IEnumerable<string> Compare(JsonArray recorded, JsonArray actual)
    {
        var expected = Sequences(recorded);
        var seen = Sequences(actual);
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

    private static Dictionary<string, List<string>> Sequences(JsonArray events)
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

            sequence.Add(Describe((string)entry["type"]!, shown));
        }

        return sequences;
    }

    private static string Describe(string type, JsonNode shown) => type switch
    {
        "ERROR" => $"ERROR {shown["code"]} {shown["reason"]}",
        "BOOKMARK" => shown["metadata"]?["annotations"] is { } annotations ? $"BOOKMARK {annotations.ToJsonString()}" : "BOOKMARK",
        _ => string.Join(
            ' ',
            ((string?[])[type, shown["status"]?["phase"]?.ToString(), shown["metadata"]?["deletionGracePeriodSeconds"]?.ToString()]).Where(part => part is not null)),
    };
}
