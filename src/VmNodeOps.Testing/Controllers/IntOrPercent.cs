using System.Globalization;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Controllers;

/// <summary>intstr.IntOrString: a number, or a share of a total.</summary>
internal static class IntOrPercent
{
    public static bool IsPercent(JsonNode? node) => node?.ToString().EndsWith('%') == true;

    public static long Of(JsonNode node, long total, bool roundUp)
    {
        var text = node.ToString();
        if (!text.EndsWith('%'))
        {
            return long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;
        }

        var share = (decimal.TryParse(text[..^1], CultureInfo.InvariantCulture, out var percent) ? percent : 0) * total / 100;
        return (long)(roundUp ? Math.Ceiling(share) : Math.Floor(share));
    }
}
