using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Selectors;

/// <summary>Requirements on labels, all of which must hold.</summary>
internal sealed class LabelSelector(IReadOnlyList<LabelRequirement> requirements)
{
    public static LabelSelector Everything { get; } = new([]);

    public bool IsEmpty => requirements.Count == 0;

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var requirement in requirements)
        {
            if (!requirement.Matches(labels))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The selector of a query string.</summary>
    /// <exception cref="ApiErrorException">A 400 in the words of the server.</exception>
    public static LabelSelector Parse(string? text) =>
        string.IsNullOrWhiteSpace(text) ? Everything : new LabelSelector(new LabelSelectorParser(text).Parse());

    /// <summary>matchLabels and matchExpressions of an object; null selects nothing, empty selects everything.</summary>
    public static LabelSelector? FromObject(JsonObject? selector)
    {
        if (selector is null)
        {
            return null;
        }

        var requirements = new List<LabelRequirement>();
        if (selector["matchLabels"] is JsonObject labels)
        {
            requirements.AddRange(labels.Select(label => new LabelRequirement(label.Key, LabelOperator.In, [(string?)label.Value ?? ""])));
        }

        if (selector["matchExpressions"] is JsonArray expressions)
        {
            requirements.AddRange(expressions.OfType<JsonObject>().Select(FromExpression));
        }

        return new LabelSelector(requirements);
    }

    private static LabelRequirement FromExpression(JsonObject expression)
    {
        var values = expression["values"] is JsonArray list ? list.Select(value => (string?)value ?? "").ToArray() : [];
        return new LabelRequirement((string)expression["key"]!, Enum.Parse<LabelOperator>((string)expression["operator"]!), values);
    }
}
