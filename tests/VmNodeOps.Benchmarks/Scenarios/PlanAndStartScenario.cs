using VmNodeOps.Benchmarks.Measuring;
using VmNodeOps.Benchmarks.Server;

namespace VmNodeOps.Benchmarks.Scenarios;

/// <summary>A plan alone, which reads only, and how soon a program sends its first request.</summary>
internal static class PlanAndStartScenario
{
    private static readonly Means.Means[] All = [Means.Means.OursPlan, Means.Means.ToolPlan, Means.Means.KubectlLook, Means.Means.FloorPage, .. Means.Means.AlsoOnRuntime("ours-plan", "floor-page")];

    public static async Task<Report> RunAsync(int machines, int runs, Action<string> tell)
    {
        await using var server = await ServerProcess.StartAsync(file => new SceneRequest(file, 2, 1, machines, Disks: false, Crowd.None));
        var series = await new Turns(server, tell) { Moves = false }.TakeAsync([.. All.Where(means => means.IsHere)], runs);
        return new Report
        {
            Title = $"Plan of a drain of {machines} virtual machines, and the start of the tool",
            Intro = "Nothing is written. The first request is timed by the server, from the start of the process; the table has no marks, for nothing is destroyed. `kubectl get node` and a bare list stand beside it for their start.",
            Table =
            [
                "| means | first request, s | process, s | processor, s | peak memory, MiB | requests | received, KiB |",
                "|---|---|---|---|---|---|---|",
                .. series.Select(each => $"| {each.Means} | {each.Of(sample => sample.Marks.FirstRequest?.TotalSeconds ?? double.NaN).ToText("0.00")} | {each.Of(sample => sample.Wall.TotalSeconds).ToText("0.00")} | {each.Of(sample => sample.Processor.TotalSeconds).ToText("0.00")} | {each.Of(sample => sample.PeakMebibytes).ToText("0")} | {each.Of(sample => sample.Requests).ToText("0")} | {each.Of(sample => sample.Marks.BytesOut / 1024.0).ToText("0")} |"),
            ],
            Series = series,
        };
    }
}
