using System.Globalization;
using System.Text;
using VmNodeOps.Benchmarks.Scenarios;

namespace VmNodeOps.Benchmarks.Reporting;

/// <summary>Two small charts side by side, as SVG that is legible on a light page and on a dark one.</summary>
internal static class Plot
{
    private const int Width = 400;
    private const int Height = 260;
    private const int Left = 56;
    private const int Top = 40;
    private static readonly string[] Colors = ["#2f81f7", "#d29922", "#3fb950"];

    public static string Write(IReadOnlyList<CurvePoint> points)
    {
        var svg = new StringBuilder();
        svg.AppendLine(Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {(Width + Left) * 2 + 40} {Height + Top + 60}" font-family="system-ui, sans-serif" font-size="12">"""));
        // Grey of the middle is read on white and on black; a page that tells its scheme gets better.
        svg.AppendLine("<style>text{fill:#6e7781}.axis{stroke:#6e7781;stroke-opacity:.6}.grid{stroke:#6e7781;stroke-opacity:.2}@media(prefers-color-scheme:dark){text{fill:#9198a1}}</style>");
        Chart(svg, points, 0, "Seconds until done", point => point.Seconds);
        Chart(svg, points, Width + Left + 20, "Requests", point => point.Requests);
        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private static void Chart(StringBuilder svg, IReadOnlyList<CurvePoint> points, int offset, string title, Func<CurvePoint, double> value)
    {
        var (most, machines) = (Nice(points.Max(value)), points.Max(point => point.Machines));
        double X(CurvePoint point) => offset + Left + (point.Machines / (double)machines * (Width - 20));
        double Y(double figure) => Top + Height - (figure / most * Height);
        svg.AppendLine(Line($"""<text x="{offset + Left}" y="22" font-weight="600">{title}</text>"""));
        for (var part = 0; part <= 4; part++)
        {
            var figure = most * part / 4;
            svg.AppendLine(Line($"""<line class="grid" x1="{offset + Left}" x2="{offset + Left + Width - 20}" y1="{Y(figure):0.#}" y2="{Y(figure):0.#}"/><text x="{offset + Left - 6}" y="{Y(figure) + 4:0.#}" text-anchor="end">{figure:0.#}</text>"""));
        }

        svg.AppendLine(Line($"""<line class="axis" x1="{offset + Left}" x2="{offset + Left + Width - 20}" y1="{Top + Height}" y2="{Top + Height}"/>"""));
        foreach (var size in points.DistinctBy(point => point.Machines))
        {
            svg.AppendLine(Line($"""<text x="{X(size):0.#}" y="{Top + Height + 18}" text-anchor="middle">{size.Machines}</text>"""));
        }

        svg.AppendLine(Line($"""<text x="{offset + Left + (Width / 2)}" y="{Top + Height + 38}" text-anchor="middle">virtual machines on the node</text>"""));
        foreach (var (curve, index) in points.GroupBy(point => point.Means).Select((curve, index) => (curve, index)))
        {
            var path = string.Join(" ", curve.OrderBy(point => point.Machines).Select(point => Line($"{X(point):0.#},{Y(value(point)):0.#}")));
            svg.AppendLine(Line($"""<polyline points="{path}" fill="none" stroke="{Colors[index % Colors.Length]}" stroke-width="2.5"/>"""));
            foreach (var point in curve)
            {
                svg.AppendLine(Line($"""<circle cx="{X(point):0.#}" cy="{Y(value(point)):0.#}" r="3.5" fill="{Colors[index % Colors.Length]}"><title>{curve.Key}: {point.Machines} machines, {value(point):0.##}</title></circle>"""));
            }

            svg.AppendLine(Line($"""<rect x="{offset + Left + 10}" y="{Top + 6 + (index * 18)}" width="14" height="4" fill="{Colors[index % Colors.Length]}"/><text x="{offset + Left + 30}" y="{Top + 12 + (index * 18)}">{curve.Key}</text>"""));
        }
    }

    /// <summary>The next round number.</summary>
    private static double Nice(double figure)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(figure, 1e-9))));
        return new[] { 1, 2, 4, 5, 8, 10 }.Select(step => step * power).First(step => step >= figure);
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
