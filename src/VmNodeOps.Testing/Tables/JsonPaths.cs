using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tables;

/// <summary>Reads values out of objects for their cells.</summary>
internal static class JsonPaths
{
    public static JsonNode? At(this JsonObject json, params ReadOnlySpan<string> path)
    {
        JsonNode? node = json;
        foreach (var part in path)
        {
            node = (node as JsonObject)?[part];
        }

        return node;
    }

    public static string? Text(this JsonObject json, params ReadOnlySpan<string> path) => At(json, path) is JsonValue value ? value.ToString() : null;

    public static long Number(this JsonObject json, params ReadOnlySpan<string> path) =>
        At(json, path) is JsonValue value && value.TryGetValue<long>(out var number) ? number
        : At(json, path) is JsonValue other && other.TryGetValue<int>(out var small) ? small
        : 0;

    public static IReadOnlyList<JsonObject> Objects(this JsonObject json, params ReadOnlySpan<string> path) =>
        At(json, path) is JsonArray array ? [.. array.OfType<JsonObject>()] : [];

    public static IEnumerable<KeyValuePair<string, string>> Texts(this JsonObject json, params ReadOnlySpan<string> path) =>
        At(json, path) is JsonObject map ? [.. map.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.ToString() ?? ""))] : [];

    /// <summary>The status of a condition: True, False, Unknown; null without such a condition.</summary>
    public static string? Condition(this JsonObject json, string type) =>
        json.Objects("status", "conditions").FirstOrDefault(condition => (string?)condition["type"] == type)?.Text("status");

    public static string OrNone(this string? text) => string.IsNullOrEmpty(text) ? "<none>" : text;

    public static string Name(this JsonObject json) => json.Text("metadata", "name") ?? "";

    public static string AgeAt(this JsonObject json, TableContext context) => Age.Since(json.Text("metadata", "creationTimestamp"), context.Now);
}
