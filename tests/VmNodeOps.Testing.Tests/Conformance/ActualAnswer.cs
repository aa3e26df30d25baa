using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>What our server answered.</summary>
internal sealed record ActualAnswer(int Status, IReadOnlyDictionary<string, string> Headers, JsonNode? Body)
{
    public static async Task<ActualAnswer> ReadAsync(HttpResponseMessage response, bool isWatch)
    {
        var text = await response.Content.ReadAsStringAsync();
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(", ", header.Value));
        return new ActualAnswer((int)response.StatusCode, headers, Parse(text, headers.GetValueOrDefault("content-type", ""), isWatch));
    }

    private static JsonNode? Parse(string text, string contentType, bool isWatch)
    {
        if (!contentType.StartsWith("application/json", StringComparison.Ordinal))
        {
            return text.Length == 0 ? null : JsonValue.Create(text);
        }

        // A watch that is refused before it begins is answered with one Status.
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return isWatch && (lines.Length == 0 || lines[0].StartsWith("{\"type\":", StringComparison.Ordinal))
            ? new JsonArray([.. lines.Select(line => JsonNode.Parse(line))])
            : JsonNode.Parse(text);
    }
}
