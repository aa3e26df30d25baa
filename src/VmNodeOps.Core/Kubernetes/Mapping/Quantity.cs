using System.Buffers;
using System.Globalization;

namespace VmNodeOps.Kubernetes.Mapping;

/// <summary>Amounts as Kubernetes writes them: <c>100m</c>, <c>512Mi</c>, <c>2</c>, <c>1e3</c>.</summary>
internal static class Quantity
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("+-.0123456789");

    /// <summary>The amount; null if the text is none.</summary>
    public static decimal? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var end = text.AsSpan().IndexOfAnyExcept(NumberCharacters);
        var number = end < 0 ? text : text[..end];
        var suffix = end < 0 ? "" : text[end..];
        return Scale(suffix) is { } scale && decimal.TryParse(number, NumberStyles.Number, CultureInfo.InvariantCulture, out var value)
            ? Times(value, scale)
            : null;
    }

    /// <summary>An amount in its plainest form: whole, or in thousandths, millionths or billionths.</summary>
    public static string Format(decimal amount)
    {
        foreach (var (suffix, scale) in new[] { ("", 1m), ("m", 1_000m), ("u", 1_000_000m) })
        {
            if (decimal.IsInteger(amount * scale))
            {
                return (amount * scale).ToString("0", CultureInfo.InvariantCulture) + suffix;
            }
        }

        return Math.Ceiling(amount * 1_000_000_000m).ToString("0", CultureInfo.InvariantCulture) + "n";
    }

    private static decimal? Times(decimal value, decimal scale)
    {
        try
        {
            return value * scale;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static decimal? Scale(string suffix) => suffix switch
    {
        "" => 1m,
        "n" => 0.000_000_001m,
        "u" => 0.000_001m,
        "m" => 0.001m,
        "k" => 1_000m,
        "M" => 1_000_000m,
        "G" => 1_000_000_000m,
        "T" => 1_000_000_000_000m,
        "P" => 1_000_000_000_000_000m,
        "E" => 1_000_000_000_000_000_000m,
        "Ki" => 1L << 10,
        "Mi" => 1L << 20,
        "Gi" => 1L << 30,
        "Ti" => 1L << 40,
        "Pi" => 1L << 50,
        "Ei" => 1L << 60,
        ['e' or 'E', .. var exponent] when int.TryParse(exponent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power) &&
            power is >= -18 and <= 18 => (decimal)Math.Pow(10, power),
        _ => null,
    };
}
