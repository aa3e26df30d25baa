using System.Globalization;

namespace VmNodeOps.Benchmarks.Measuring;

/// <summary>The middle one of some figures, with the least and the greatest.</summary>
internal readonly record struct Spread(double Median, double Least, double Greatest)
{
    public static Spread Of(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToList();
        return sorted.Count == 0
            ? new Spread(double.NaN, double.NaN, double.NaN)
            : new Spread(sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2, sorted[0], sorted[^1]);
    }

    /// <summary>Each figure by its partner in the same turn.</summary>
    public static Spread OfRatios(IEnumerable<double> above, IEnumerable<double> below) => Of(above.Zip(below, (one, other) => one / other));

    public string ToText(string format, string unit = "") => double.IsNaN(Median)
        ? "—"
        : string.Create(CultureInfo.InvariantCulture, $"{Median.ToString(format, CultureInfo.InvariantCulture)}{unit} ({Least.ToString(format, CultureInfo.InvariantCulture)}–{Greatest.ToString(format, CultureInfo.InvariantCulture)})");
}
