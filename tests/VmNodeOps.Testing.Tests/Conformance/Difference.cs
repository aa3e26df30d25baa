using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>Compares answers member by member, blind for what cannot be equal: times, versions, tokens, the bookkeeping of field managers.</summary>
internal static partial class Difference
{
    private static readonly string[] Blind = ["managedFields", "resourceVersion", "continue"];

    public static IEnumerable<string> Between(JsonNode? recorded, JsonNode? actual, string path = "$")
    {
        switch (recorded, actual)
        {
            case (JsonObject left, JsonObject right):
                return left.Select(member => member.Key).Union(right.Select(member => member.Key)).SelectMany(member => Member(left, right, member, path));
            case (JsonArray left, JsonArray right):
                return List(left, right, path);
            default:
                return Text(recorded) == Text(actual) ? [] : [$"{path}: recorded {Text(recorded)}, got {Text(actual)}"];
        }
    }

    private static IEnumerable<string> Member(JsonObject recorded, JsonObject actual, string member, string path)
    {
        if (member == "managedFields")
        {
            return [];
        }

        var here = $"{path}.{member}";
        if (recorded.ContainsKey(member) != actual.ContainsKey(member))
        {
            return recorded.ContainsKey(member) ? [$"{here}: missing, recorded {Text(recorded[member])}"] : [$"{here}: not recorded, got {Text(actual[member])}"];
        }

        if (Blind.Contains(member))
        {
            return string.IsNullOrEmpty(recorded[member]?.ToString()) == string.IsNullOrEmpty(actual[member]?.ToString())
                ? []
                : [$"{here}: recorded {Text(recorded[member])}, got {Text(actual[member])}"];
        }

        return Between(recorded[member], actual[member], here);
    }

    private static IEnumerable<string> List(JsonArray recorded, JsonArray actual, string path)
    {
        if (recorded.Count != actual.Count)
        {
            return [string.Create(CultureInfo.InvariantCulture, $"{path}: recorded {recorded.Count} entries, got {actual.Count}")];
        }

        return recorded.Zip(actual).SelectMany((pair, index) =>
            Between(pair.First, pair.Second, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]")));
    }

    private static string Text(JsonNode? node)
    {
        if (node is not JsonValue value)
        {
            return node?.ToJsonString() ?? "null";
        }

        var text = value.ToString();
        text = Times().Replace(text, "<time>");
        return Versions().Replace(text, "${before}<version>");
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Times();

    [GeneratedRegex(@"(?<before>current: |resource version: \d+ \()\d+")]
    private static partial Regex Versions();
}
