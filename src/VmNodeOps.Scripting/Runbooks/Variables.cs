using System.Text.RegularExpressions;

namespace VmNodeOps.Scripting;

/// <summary>Puts the values of variables into texts: <c>${name}</c>; <c>$${name}</c> stands for itself.</summary>
/// <param name="declared">The variables that there are.</param>
/// <param name="values">Their values; null while they are not known yet.</param>
/// <param name="problems">Takes what is wrong.</param>
internal sealed partial class Variables(IReadOnlyCollection<string> declared, IReadOnlyDictionary<string, string>? values, ProblemList problems)
{
    /// <summary>Whether a text depends on variables.</summary>
    public static bool IsIn(string text) => Reference().Matches(text).Any(match => match.Value[1] != '$');

    /// <summary>The text with its variables put in; null if it cannot be known, or not yet.</summary>
    public string? Resolve(YamlText text)
    {
        var known = true;
        var resolved = Reference().Replace(text.Text, match =>
        {
            if (match.Value[1] == '$')
            {
                return match.Value[1..];
            }

            var name = match.Groups["name"].Value;
            if (!match.Value.EndsWith('}'))
            {
                problems.Add(text, $"'{match.Value}' begins a variable and does not end it. Write ${{name}}, or $${{ for the text itself.");
                known = false;
                return "";
            }

            if (!declared.Contains(name))
            {
                problems.Add(text, $"there is no variable '{name}'.{NearestName.Hint(name, declared)} Declare it under variables.");
                known = false;
                return "";
            }

            if (values?.GetValueOrDefault(name) is not { } value)
            {
                known = false;
                return "";
            }

            return value;
        });
        return known ? resolved : null;
    }

    /// <summary>The names of variables in a text, for a message about its value.</summary>
    public static string Origin(YamlText text)
    {
        var names = Reference().Matches(text.Text).Where(match => match.Value[1] != '$').Select(match => match.Groups["name"].Value).Distinct().ToList();
        return names.Count == 0 ? "" : $" (from {string.Join(", ", names.Select(name => $"${{{name}}}"))})";
    }

    [GeneratedRegex(@"\$?\$\{(?<name>[^}]*)\}?", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}
