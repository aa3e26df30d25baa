using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Controllers;

/// <summary>A metav1.LabelSelector: every label and every expression must hold; an empty one matches all, a missing one nothing.</summary>
internal sealed class LabelMatcher
{
    private readonly List<Requirement> _requirements = [];
    private readonly bool _none;

    private LabelMatcher(JsonObject? selector)
    {
        _none = selector is null;
        foreach (var (key, value) in selector.Child("matchLabels") ?? [])
        {
            _requirements.Add(new Requirement(key, "In", [value?.ToString() ?? ""]));
        }

        foreach (var expression in selector.Children("matchExpressions"))
        {
            _requirements.Add(Requirement.Of(expression));
        }
    }

    /// <summary>A label that a match must carry with this value: the key to an index. Null when the selector demands no single value.</summary>
    public (string Key, string Value)? Demands =>
        _requirements.Where(requirement => requirement is { Operator: "In", Values.Count: 1 })
            .Select(requirement => ((string, string)?)(requirement.Key, requirement.Values[0]))
            .FirstOrDefault();

    public static LabelMatcher Of(JsonNode? selector) => new(selector as JsonObject);

    public bool Matches(IReadOnlyDictionary<string, string> labels) =>
        !_none && _requirements.TrueForAll(requirement => requirement.Holds(labels));

    /// <summary>One line of a selector; Gt and Lt exist for nodes only.</summary>
    internal sealed record Requirement(string Key, string Operator, IReadOnlyList<string> Values)
    {
        public static Requirement Of(JsonObject expression) =>
            new(expression.Text("key") ?? "", expression.Text("operator") ?? "", [.. expression.Texts("values")]);

        public bool Holds(IReadOnlyDictionary<string, string> labels)
        {
            var has = labels.TryGetValue(Key, out var value);
            return Operator switch
            {
                "In" => has && Values.Contains(value),
                "NotIn" => !has || !Values.Contains(value),
                "Exists" => has,
                "DoesNotExist" => !has,
                "Gt" => has && Compare(value!) > 0,
                "Lt" => has && Compare(value!) < 0,
                _ => false,
            };
        }

        private int Compare(string value) =>
            long.TryParse(value, out var left) && Values.Count == 1 && long.TryParse(Values[0], out var right) ? left.CompareTo(right) : 0;
    }
}
