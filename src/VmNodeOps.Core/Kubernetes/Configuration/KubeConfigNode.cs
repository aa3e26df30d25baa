using System.Globalization;
using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace VmNodeOps.Kubernetes.Configuration;

/// <summary>A mapping of a kubeconfig that knows where it stands, so that a refusal can name the line and never the value.</summary>
internal sealed class KubeConfigNode(YamlMappingNode mapping, string file)
{
    public string? Text(string key) => Find(key) switch
    {
        null => null,
        YamlScalarNode scalar => string.IsNullOrEmpty(scalar.Value) ? null : scalar.Value,
        var other => throw Wrong(other, key, "text"),
    };

    public bool Flag(string key) => Find(key) switch
    {
        null => false,
        YamlScalarNode { Value: "true" or "True" or "TRUE" } => true,
        YamlScalarNode { Value: "false" or "False" or "FALSE" } => false,
        var other => throw Wrong(other, key, "true or false"),
    };

    public KubeConfigNode? Map(string key) => Find(key) switch
    {
        null => null,
        YamlMappingNode inner => new KubeConfigNode(inner, file),
        var other => throw Wrong(other, key, "a mapping"),
    };

    public IReadOnlyList<KubeConfigNode> Items(string key) =>
        [.. Sequence(key).Select(item => item is YamlMappingNode inner ? new KubeConfigNode(inner, file) : throw Wrong(item, key, "a list of mappings"))];

    public IReadOnlyList<string> Texts(string key) =>
        [.. Sequence(key).Select(item => item is YamlScalarNode scalar ? scalar.Value ?? "" : throw Wrong(item, key, "a list of texts"))];

    public IReadOnlyList<string> Keys() => [.. mapping.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? "")];

    public JsonNode? Json(string key) => Find(key) is { } node ? ToJson(node) : null;

    private IEnumerable<YamlNode> Sequence(string key) => Find(key) switch
    {
        null => [],
        YamlSequenceNode sequence => sequence.Children,
        var other => throw Wrong(other, key, "a list"),
    };

    private YamlNode? Find(string key) =>
        mapping.Children.TryGetValue(new YamlScalarNode(key), out var node) && !IsNull(node) ? node : null;

    private ClusterException Wrong(YamlNode node, string key, string expected) => ConfigurationProblem.Of(
        $"The kubeconfig {file} is not usable: \"{key}\" in line {node.Start.Line.ToString(CultureInfo.InvariantCulture)} is not {expected}. " +
        "Correct that entry, or choose another file.");

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode inner => new JsonObject(inner.Children.Select(pair =>
            KeyValuePair.Create(((YamlScalarNode)pair.Key).Value ?? "", ToJson(pair.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(ToJson)]),
        YamlScalarNode { Style: not ScalarStyle.Plain } quoted => JsonValue.Create(quoted.Value),
        _ when IsNull(node) => null,
        YamlScalarNode { Value: "true" } => JsonValue.Create(true),
        YamlScalarNode { Value: "false" } => JsonValue.Create(false),
        YamlScalarNode scalar when long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
            JsonValue.Create(number),
        YamlScalarNode scalar when double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) &&
            double.IsFinite(number) => JsonValue.Create(number),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };
}
