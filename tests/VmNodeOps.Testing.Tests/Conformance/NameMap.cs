using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>What the recorded server called by one name and ours calls by another: uids, resourceVersions, generated names.</summary>
internal sealed class NameMap
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _versions = new(StringComparer.Ordinal);

    public void Add(string recorded, string actual)
    {
        if (recorded != actual)
        {
            _texts[recorded] = actual;
        }
    }

    public void AddVersion(string recorded, string actual) => _versions[recorded] = actual;

    public string? Version(string recorded) => _versions.GetValueOrDefault(recorded);

    /// <summary>Learns from two answers to the same request what stands for what.</summary>
    public void Learn(JsonNode? recorded, JsonNode? actual)
    {
        switch (recorded, actual)
        {
            case (JsonObject left, JsonObject right):
                Learn(left, right);
                break;
            case (JsonArray left, JsonArray right):
                foreach (var (first, second) in left.Zip(right))
                {
                    Learn(first, second);
                }

                break;
        }
    }

    /// <summary>The recorded text in the names of our server.</summary>
    public string Apply(string text)
    {
        foreach (var (recorded, actual) in _texts)
        {
            text = text.Replace(recorded, actual, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>A body or a query in the names and the versions of our server.</summary>
    public string ApplyWithVersions(string text)
    {
        foreach (var (recorded, actual) in _versions)
        {
            text = text.Replace($"\"resourceVersion\":\"{recorded}\"", $"\"resourceVersion\":\"{actual}\"", StringComparison.Ordinal)
                .Replace($"resourceVersion={recorded}&", $"resourceVersion={actual}&", StringComparison.Ordinal);
        }

        return Apply(text);
    }

    private void Learn(JsonObject recorded, JsonObject actual)
    {
        foreach (var (member, value) in recorded)
        {
            var other = actual[member];
            if (member is "uid" or "continue" && value is JsonValue && other is JsonValue && value.ToString().Length > 0)
            {
                Add(value.ToString(), other.ToString());
            }
            else if (member == "resourceVersion" && value is JsonValue && other is JsonValue)
            {
                AddVersion(value.ToString(), other.ToString());
            }
            else if (member == "name" && recorded.ContainsKey("generateName") && other is JsonValue)
            {
                Add(value!.ToString(), other.ToString());
            }
            else
            {
                Learn(value, other);
            }
        }
    }
}
