using System.Text;

namespace VmNodeOps.Testing.Api.Selectors;

/// <summary>Terms on the fields of a type that its server lets clients select by; all must hold.</summary>
internal sealed class FieldSelector(IReadOnlyList<FieldSelector.Term> terms)
{
    public static FieldSelector Everything { get; } = new([]);

    public bool IsEmpty => terms.Count == 0;

    /// <exception cref="ApiErrorException">A 400: the text cannot be read, or the type has no such field to select by.</exception>
    public static FieldSelector Parse(ResourceType type, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Everything;
        }

        var terms = Split(text).Where(part => part.Length > 0).Select(ParseTerm).ToList();
        foreach (var term in terms)
        {
            RefuseUnknown(type, term.Field);
        }

        return new FieldSelector(terms);
    }

    public bool Matches(StoredObject stored)
    {
        foreach (var term in terms)
        {
            if ((Value(stored, term.Field) == term.Value) == term.Negated)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The value that a field must have; null if the selector leaves it open.</summary>
    public string? Required(string field) => terms.FirstOrDefault(term => term.Field == field && !term.Negated)?.Value;

    private static string Value(StoredObject stored, string field) => field switch
    {
        "metadata.name" => stored.Name,
        "metadata.namespace" => stored.Namespace ?? "",
        "spec.nodeName" => stored.NodeName ?? "",
        "spec.unschedulable" or "spec.hostNetwork" => stored.At(field)?.ToString() ?? "false",
        "source" => stored.At("source.component")?.ToString() ?? stored.At("reportingComponent")?.ToString() ?? "",
        _ => stored.At(field)?.ToString() ?? "",
    };

    /// <summary>Types with fields of their own and custom types use one wording, all others the other.</summary>
    private static void RefuseUnknown(ResourceType type, string field)
    {
        if (field == "metadata.name" || (field == "metadata.namespace" && (type.Namespaced || !type.Custom)) || type.SelectableFields.Contains(field))
        {
            return;
        }

        throw ApiErrors.BadRequest(type.Custom || type.SelectableFields.Count > 0
            ? $"field label not supported: {field}"
            : $"\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
    }

    private static Term ParseTerm(string part)
    {
        foreach (var symbol in (string[])["!=", "==", "="])
        {
            var at = part.IndexOf(symbol, StringComparison.Ordinal);
            if (at >= 0)
            {
                return new Term(part[..at], Unescape(part[(at + symbol.Length)..]), symbol == "!=");
            }
        }

        throw ApiErrors.BadRequest($"invalid selector: '{part}'; can't understand '{part}'");
    }

    private static List<string> Split(string text)
    {
        var parts = new List<string>();
        var start = 0;
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\\')
            {
                index++;
            }
            else if (text[index] == ',')
            {
                parts.Add(text[start..index]);
                start = index + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    private static string Unescape(string value)
    {
        if (!value.Contains('\\', StringComparison.Ordinal))
        {
            return value;
        }

        var plain = new StringBuilder(value.Length);
        for (var index = 0; index < value.Length; index++)
        {
            index += value[index] == '\\' && index + 1 < value.Length ? 1 : 0;
            plain.Append(value[index]);
        }

        return plain.ToString();
    }

    internal sealed record Term(string Field, string Value, bool Negated);
}
