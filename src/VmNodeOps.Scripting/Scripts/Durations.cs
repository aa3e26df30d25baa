using System.Globalization;
using System.Text.RegularExpressions;

namespace VmNodeOps.Scripting;

/// <summary>Times as people type them: <c>90s</c>, <c>30m</c>, <c>1h30m</c>, <c>00:30:00</c>.</summary>
internal static partial class Durations
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        var parts = Parts().Match(text);
        if (parts.Success && text.Length > 0)
        {
            try
            {
                duration = new TimeSpan(Of(parts, "h"), Of(parts, "m"), Of(parts, "s"));
                return duration > TimeSpan.Zero;
            }
            catch (ArgumentOutOfRangeException)
            {
                duration = default;
                return false;
            }
        }

        return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration) && text.Contains(':', StringComparison.Ordinal) && duration > TimeSpan.Zero;
    }

    private static int Of(Match parts, string unit) =>
        parts.Groups[unit].Success ? int.Parse(parts.Groups[unit].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\A((?<h>[0-9]{1,5})h)?((?<m>[0-9]{1,7})m)?((?<s>[0-9]{1,9})s)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Parts();
}
