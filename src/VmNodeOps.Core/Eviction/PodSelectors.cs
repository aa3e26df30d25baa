using System.Text.RegularExpressions;

namespace VmNodeOps;

/// <summary>Label selectors as people write them, looked at before a server is asked: it would answer 400 in the middle of a plan.</summary>
internal static partial class PodSelectors
{
    /// <exception cref="ArgumentException">It is no label selector.</exception>
    public static void Check(string selector)
    {
        foreach (var part in Parts(selector))
        {
            if (!Requirement().IsMatch(part))
            {
                throw new ArgumentException(
                    $"'{selector}' is no label selector: '{part.Trim()}' is none of key=value, key!=value, key, !key, key in (a,b), key notin (a,b).");
            }
        }
    }

    /// <summary>Commas within parentheses part values, not requirements.</summary>
    private static string[] Parts(string selector) =>
        string.IsNullOrEmpty(selector) ? [] : Separator().Split(selector);

    [GeneratedRegex(@",(?![^(]*\))", RegexOptions.CultureInvariant)]
    private static partial Regex Separator();

    [GeneratedRegex(
        @"\A\s*(!\s*(?<key>[A-Za-z0-9]([-A-Za-z0-9_./]{0,315}[A-Za-z0-9])?)|[A-Za-z0-9]([-A-Za-z0-9_./]{0,315}[A-Za-z0-9])?(\s*(=|==|!=)\s*[-A-Za-z0-9_.]{0,63}|\s+(in|notin)\s*\(\s*[-A-Za-z0-9_.]*(\s*,\s*[-A-Za-z0-9_.]*)*\s*\))?)\s*\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Requirement();
}
