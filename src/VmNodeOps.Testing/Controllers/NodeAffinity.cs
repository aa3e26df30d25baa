using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Controllers;

/// <summary>A pod's <c>nodeSelector</c> and required node affinity: terms are alternatives, within a term everything must hold.</summary>
internal sealed class NodeAffinity
{
    private readonly List<(string Key, string Value)> _selector = [];
    private readonly List<(List<LabelMatcher.Requirement> Labels, List<LabelMatcher.Requirement> Fields)>? _terms;

    private NodeAffinity(JsonNode? spec)
    {
        foreach (var (key, value) in spec.Child("nodeSelector") ?? [])
        {
            _selector.Add((key, value?.ToString() ?? ""));
        }

        var required = spec.Child("affinity").Child("nodeAffinity").Child("requiredDuringSchedulingIgnoredDuringExecution");
        if (required is not null)
        {
            _terms = [.. required.Children("nodeSelectorTerms").Select(term => (Read(term, "matchExpressions"), Read(term, "matchFields")))];
        }
    }

    /// <summary>Reads a pod's spec or a template's.</summary>
    public static NodeAffinity Of(JsonNode? spec) => new(spec);

    /// <summary>The nodes of which it names one in each of its terms, as the pods of a DaemonSet do; null where any node may match.</summary>
    public IReadOnlyList<string>? NamedNodes =>
        _terms?.Select(term => term.Fields.Find(requirement => requirement is { Key: "metadata.name", Operator: "In" })?.Values).ToList() is { Count: > 0 } named && !named.Contains(null)
            ? [.. named.SelectMany(names => names!).Distinct(StringComparer.Ordinal)]
            : null;

    public bool Matches(string nodeName, IReadOnlyDictionary<string, string> labels) =>
        _selector.TrueForAll(wanted => labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value)
        && (_terms is null || _terms.Exists(term => TermMatches(term, nodeName, labels)));

    private static List<LabelMatcher.Requirement> Read(JsonObject term, string member) =>
        [.. term.Children(member).Select(LabelMatcher.Requirement.Of)];

    /// <summary>A term without any requirement selects nothing.</summary>
    private static bool TermMatches(
        (List<LabelMatcher.Requirement> Labels, List<LabelMatcher.Requirement> Fields) term, string nodeName, IReadOnlyDictionary<string, string> labels) =>
        term.Labels.Count + term.Fields.Count > 0
        && term.Labels.TrueForAll(requirement => requirement.Holds(labels))
        && term.Fields.TrueForAll(requirement => requirement.Holds(new Dictionary<string, string> { ["metadata.name"] = nodeName }));
}
