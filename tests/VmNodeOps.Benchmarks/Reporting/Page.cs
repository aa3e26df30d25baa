using System.Text;
using VmNodeOps.Benchmarks.Measuring;
using VmNodeOps.Benchmarks.Scenarios;

namespace VmNodeOps.Benchmarks.Reporting;

/// <summary>The page of results, as Markdown.</summary>
internal static class Page
{
    public static string Write(IReadOnlyList<Report> reports, MachineFacts machine, string command, bool hasPlot, IReadOnlyList<string> missing)
    {
        var text = new StringBuilder();
        text.AppendLine("# Measured").AppendLine();
        text.AppendLine("Written by tests/VmNodeOps.Benchmarks in one run on one machine. The same command again, on any machine with the .NET SDK (and kubectl, to compare with it):").AppendLine();
        text.AppendLine("```").AppendLine(command).AppendLine("```").AppendLine();
        text.AppendLine("Every means works on the same cluster (where not said otherwise a simulated one, VmNodeOps.Testing, which is a process of its own with a real-time clock behind HTTPS on loopback); each run is a fresh process, the means take turns in alternating order after a warm-up, and figures are medians with the least and the greatest. Ratios are taken turn by turn. The server shares the machine's processors with what is measured. **Done** is the later of the marks that all means are compared on, counted from the start of the process: the last pod (and attachment) gone, and the answer of the last eviction or deletion. What ours verifies after that is reported apart.").AppendLine();
        machine.Write(text);
        foreach (var means in missing)
        {
            text.AppendLine().AppendLine($"Missing on this machine, and so not measured: {means}.");
        }

        WriteTargets(text, reports);
        if (hasPlot)
        {
            text.AppendLine().AppendLine("![Time and requests of a drain against the machines on the node](benchmarks.svg)");
        }

        foreach (var report in reports)
        {
            Write(text, report);
        }

        return text.ToString();
    }

    private static void WriteTargets(StringBuilder text, IReadOnlyList<Report> reports)
    {
        text.AppendLine().AppendLine("## To reach").AppendLine();
        text.AppendLine("| target | measured | |").AppendLine("|---|---|---|");
        foreach (var target in reports.SelectMany(report => report.Targets))
        {
            text.AppendLine($"| {target.What} | {target.Measured} | {(target.IsReached ? "reached" : "**not reached**")} |");
        }

        foreach (var missed in reports.SelectMany(report => report.Targets).Where(target => !target.IsReached).GroupBy(target => target.WhyNot))
        {
            text.AppendLine().AppendLine($"Not reached: {string.Join("; ", missed.Select(target => target.What))}. {missed.Key}");
        }
    }

    private static void Write(StringBuilder text, Report report)
    {
        text.AppendLine().AppendLine($"## {report.Title}").AppendLine().AppendLine(report.Intro.Trim()).AppendLine();
        foreach (var line in report.Table ?? Table(report.Series))
        {
            text.AppendLine(line);
        }

        foreach (var note in report.Notes)
        {
            text.AppendLine().AppendLine(note);
        }

        if (report.Table is null && report.Series.Any(series => series.Samples[0].Requests > 0))
        {
            text.AppendLine().AppendLine("Requests:").AppendLine();
            foreach (var series in report.Series)
            {
                text.AppendLine($"- {series.Means}: {Verbs(series)}");
            }
        }
    }

    private static IEnumerable<string> Table(IReadOnlyList<Series> all) =>
    [
        "| means | done, s | last pod gone, s | last call answered, s | process, s | processor, s | peak memory, MiB | requests | received, KiB | sent, KiB |",
        "|---|---|---|---|---|---|---|---|---|---|",
        .. all.Select(series => $"| {series.Means} | {Cells(series)} |"),
    ];

    private static string Cells(Series series) => string.Join(
        " | ",
        series.Of(sample => sample.Marks.PodsGone is null ? double.NaN : sample.Done.TotalSeconds).ToText("0.00"),
        series.Of(sample => sample.Marks.PodsGone?.TotalSeconds ?? double.NaN).ToText("0.00"),
        series.Of(sample => sample.Marks.LastDestructive?.TotalSeconds ?? double.NaN).ToText("0.00"),
        series.Of(sample => sample.Wall.TotalSeconds).ToText("0.00"),
        series.Of(sample => sample.Processor.TotalSeconds).ToText("0.00"),
        series.Of(sample => sample.PeakMebibytes).ToText("0"),
        series.Of(sample => sample.Requests).ToText("0"),
        series.Of(sample => sample.Marks.BytesOut / 1024.0).ToText("0"),
        series.Of(sample => sample.Marks.BytesIn / 1024.0).ToText("0"));

    /// <summary>Of the first run, by verb; then what makes most of them.</summary>
    private static string Verbs(Series series)
    {
        var requests = series.Samples[0].Marks.Requests;
        var verbs = requests.GroupBy(each => each.Key.Split(' ')[0]).Select(group => (Verb: group.Key, Count: group.Sum(each => each.Value))).OrderByDescending(group => group.Count);
        var most = requests.OrderByDescending(each => each.Value).Take(3).Select(each => $"{each.Value} {each.Key}");
        return $"{string.Join(", ", verbs.Select(each => $"{each.Count} {each.Verb}"))} (most: {string.Join(", ", most)})";
    }
}
