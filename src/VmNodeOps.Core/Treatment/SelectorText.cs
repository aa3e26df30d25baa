using System.Text.RegularExpressions;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Reads label selectors as kubectl takes them: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k</c>.</summary>
internal static partial class SelectorText
{
    private const string Key = @"(?<key>[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?)";

    /// <exception cref="FormatException">It is no label selector.</exception>
    public static LabelSelector Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new FormatException("A label selector is empty; leave it out to select everything.");
        }

        return new LabelSelector { MatchExpressions = [.. Commas().Split(text).Select(part => Requirement(part.Trim(), text))] };
    }

    private static LabelRequirement Requirement(string part, string text)
    {
        if (Equality().Match(part) is { Success: true } equality)
        {
            return new LabelRequirement { Key = equality.Groups["key"].Value, Operator = equality.Groups["not"].Length > 0 ? "NotIn" : "In", Values = [equality.Groups["value"].Value] };
        }

        if (Set().Match(part) is { Success: true } set)
        {
            var values = set.Groups["values"].Value.Split(',').Select(value => value.Trim()).ToList();
            return new LabelRequirement { Key = set.Groups["key"].Value, Operator = set.Groups["not"].Length > 0 ? "NotIn" : "In", Values = values };
        }

        return Presence().Match(part) is { Success: true } presence
            ? new LabelRequirement { Key = presence.Groups["key"].Value, Operator = presence.Groups["not"].Length > 0 ? "DoesNotExist" : "Exists" }
            : throw new FormatException($"'{part}' in the label selector '{text}' is no requirement: write key=value, key!=value, key in (a,b), key notin (a,b), key or !key.");
    }

    /// <summary>Commas that are not between parentheses.</summary>
    [GeneratedRegex(@",(?![^(]*\))")]
    private static partial Regex Commas();

    [GeneratedRegex("^" + Key + @"\s*((?<not>!)=|==?)\s*(?<value>([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Equality();

    [GeneratedRegex("^" + Key + @"\s+(?<not>not)?in\s*\((?<values>[A-Za-z0-9._,\s-]*)\)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Set();

    [GeneratedRegex(@"^(?<not>!)?\s*" + Key + "$", RegexOptions.ExplicitCapture)]
    private static partial Regex Presence();
}
