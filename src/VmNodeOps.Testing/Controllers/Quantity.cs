using System.Globalization;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Controllers;

/// <summary>resource.Quantity as a number: <c>500m</c>, <c>4Gi</c>, <c>5k</c>, <c>1e3</c>.</summary>
internal static class Quantity
{
    private static readonly Dictionary<string, decimal> Units = new(StringComparer.Ordinal)
    {
        ["n"] = 1e-9m, ["u"] = 1e-6m, ["m"] = 1e-3m, ["k"] = 1e3m, ["M"] = 1e6m, ["G"] = 1e9m, ["T"] = 1e12m, ["P"] = 1e15m, ["E"] = 1e18m,
        ["Ki"] = 1024m, ["Mi"] = 1048576m, ["Gi"] = 1073741824m, ["Ti"] = 1099511627776m, ["Pi"] = 1125899906842624m,
        ["Ei"] = 1152921504606846976m,
    };

    public static decimal Parse(JsonNode? node)
    {
        var text = node?.ToString() ?? "0";
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var plain))
        {
            return plain;
        }

        var digits = text.AsSpan().TrimEnd("numkKMGTPEi");
        return Units.TryGetValue(text[digits.Length..], out var unit)
            && decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number * unit
                : 0m;
    }
}
