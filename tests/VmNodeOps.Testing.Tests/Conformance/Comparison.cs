using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>What is compared depends on the shape of the answer.</summary>
internal static class Comparison
{
    private static readonly string[] Headers = ["content-type", "retry-after", "warning"];

    public static IReadOnlyList<string> Compare(RecordedExchange exchange, ActualAnswer actual, NameMap names)
    {
        var differences = new List<string>();
        if (exchange.Status != actual.Status)
        {
            return [$"status: recorded {exchange.Status}, got {actual.Status} {actual.Body?.ToJsonString()}"];
        }

        foreach (var header in Headers)
        {
            var recorded = Plain((string?)exchange.Response["headers"]?[header]);
            var got = Plain(actual.Headers.GetValueOrDefault(header));
            if (recorded != got)
            {
                differences.Add($"header {header}: recorded {recorded}, got {got}");
            }
        }

        var answer = exchange.Answer is null || exchange.Answer.ToString().Length == 0 ? null : JsonNode.Parse(names.Apply(exchange.Answer.ToJsonString()));
        differences.AddRange(Body(exchange, answer, actual.Body));
        return differences;
    }

    private static IEnumerable<string> Body(RecordedExchange exchange, JsonNode? recorded, JsonNode? actual)
    {
        if (recorded is JsonArray events && exchange.IsWatch)
        {
            return actual is JsonArray seen ? WatchComparison.Compare(events, seen, countsWrites: !exchange.ShowsKubeVirt) : [$"no stream: {actual?.ToJsonString()}"];
        }

        return (string?)(recorded as JsonObject)?["kind"] switch
        {
            "Table" => TableComparison.Compare(recorded!.AsObject(), actual!.AsObject(), sameObjects: !exchange.ShowsKubeVirt),
            "APIGroupList" or "APIResourceList" or "APIGroup" or "APIGroupDiscoveryList" or "APIVersions" =>
                DiscoveryComparison.Compare(recorded!.AsObject(), actual!.AsObject()),
            null when recorded is JsonObject version && version.ContainsKey("gitVersion") => DiscoveryComparison.Version(version, actual!.AsObject()),
            not null and not "Status" when exchange.ShowsKubeVirt => ShapeComparison.Compare(recorded!.AsObject(), actual!.AsObject()),
            _ => Difference.Between(recorded, actual),
        };
    }

    /// <summary>Our client writes parsed media types with blanks of its own.</summary>
    private static string? Plain(string? header) => header?.Replace("; ", ";", StringComparison.Ordinal);
}
