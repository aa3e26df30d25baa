using VmNodeOps.Benchmarks.Measuring;

namespace VmNodeOps.Benchmarks.Scenarios;

/// <summary>A scenario as the page tells it.</summary>
internal sealed record Report
{
    public required string Title { get; init; }

    public required string Intro { get; init; }

    public IReadOnlyList<Series> Series { get; init; } = [];

    /// <summary>The same table, or another one, as lines of Markdown; where null the usual one is made of the series.</summary>
    public IReadOnlyList<string>? Table { get; init; }

    public IReadOnlyList<Target> Targets { get; init; } = [];

    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>What was to be reached, and what was.</summary>
/// <param name="What">The target.</param>
/// <param name="Measured">The figure, for people.</param>
/// <param name="IsReached">Whether it was.</param>
/// <param name="WhyNot">Where it is not: why, and what would reach it.</param>
internal sealed record Target(string What, string Measured, bool IsReached, string WhyNot)
{
    public static Target AtLeast(string what, Spread figure, double limit, string whyNot, string format = "0.0", string unit = "×") =>
        new(what, figure.ToText(format, unit), figure.Median >= limit, whyNot);

    public static Target AtMost(string what, Spread figure, double limit, string whyNot, string format = "0.00", string unit = "×") =>
        new(what, figure.ToText(format, unit), figure.Median <= limit, whyNot);
}
