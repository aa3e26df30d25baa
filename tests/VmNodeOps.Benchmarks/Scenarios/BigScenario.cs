using VmNodeOps.Benchmarks.Measuring;
using VmNodeOps.Benchmarks.Server;

namespace VmNodeOps.Benchmarks.Scenarios;

/// <summary>One node of a very big cluster: what it costs must not grow with the rest, but for the attachments, which no server selects by node.</summary>
internal static class BigScenario
{
    public static async Task<Report> RunAsync(Crowd crowd, int machines, int runs, Report? small, Action<string> tell)
    {
        await using var server = await ServerProcess.StartAsync(file => new SceneRequest(file, 2, 1, machines, Disks: true, crowd));
        tell($"the server holds {crowd.Nodes} nodes, {crowd.Pods} pods and {crowd.Attachments} attachments after {server.TookToStart.TotalSeconds:0} s");
        var looks = await new Turns(server, tell) { Moves = false }.TakeAsync([Means.Means.FloorPage, Means.Means.OursPlan], runs);
        var work = await new Turns(server, tell) { Before = server.CrashAsync, Hurries = true }.TakeAsync([Means.Means.OursRecover], runs);
        var (page, plan, recover) = (looks[0], looks[1], work[0] with { Means = "ours (library), recovery" });
        var ratio = Spread.OfRatios(recover.DoneEach, page.Samples.Select(sample => sample.Wall.TotalSeconds));
        var memory = recover.Of(sample => sample.PeakMebibytes);
        return new Report
        {
            Title = "A big cluster",
            Intro = $"{crowd.Nodes:N0} nodes, {crowd.Pods:N0} pods and {crowd.Attachments:N0} attachments in the server; one node of {machines} machines with a disk each is planned (a drain) and recovered. Floor: every page of the attachments read once, and nothing else.",
            Series = [page, plan with { Means = "ours (library), plan of a drain" }, recover],
            Targets =
            [
                Target.AtMost("recovery in at most 1.5× one reading of all attachments", ratio, 1.5, WhyNot.Attachments),
                Target.AtMost("peak memory of our process at most 150 MB", memory with { Median = memory.Median * 1.048576, Least = memory.Least * 1.048576, Greatest = memory.Greatest * 1.048576 }, 150, WhyNot.Memory, "0", " MB"),
                .. Beside(small, memory),
                new Target("plan of one node independent of the rest of the cluster but for the attachments", $"{plan.Of(sample => sample.Requests).ToText("0")} requests, {plan.Of(sample => sample.Marks.BytesOut / 1024.0).ToText("0", " KiB")}; of them {plan.Samples[0].Marks.Requests.GetValueOrDefault("list nodes")} for the nodes", plan.Samples[0].Marks.Requests.GetValueOrDefault("list nodes") <= 1, WhyNot.Nodes),
            ],
            Notes = [Phases.Of(recover)],
        };
    }

    private static IEnumerable<Target> Beside(Report? small, Spread memory)
    {
        if (small?.Series.FirstOrDefault(series => series.Means == Means.Means.OursName) is { } ours)
        {
            var before = ours.Of(sample => sample.PeakMebibytes);
            yield return new Target("peak memory flat in the size of the cluster (within a fifth)", $"{memory.ToText("0", " MiB")} beside {before.ToText("0", " MiB")} in the small one", memory.Median <= before.Median * 1.2, WhyNot.Memory);
        }
    }
}
