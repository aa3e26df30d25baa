using VmNodeOps.Benchmarks.Measuring;
using VmNodeOps.Benchmarks.Server;

namespace VmNodeOps.Benchmarks.Scenarios;

/// <summary>One node is drained of its machines, each of which an eviction shuts down.</summary>
internal static class DrainScenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly Means.Means[] All = [Means.Means.OursDrain, Means.Means.ToolDrain, Means.Means.KubectlDrain, Means.Means.FloorDrain, .. Means.Means.AlsoOnRuntime("ours-drain", "floor-drain")];

    /// <summary>The same on a cluster that somebody has prepared; what only its server knows is left out.</summary>
    public static async Task<Report> RunAsync(GivenCluster cluster, string node, int runs, Action<string> tell)
    {
        await cluster.ResetAsync(node);
        var series = await new Turns(cluster, tell) { Nodes = [node] }.TakeAsync([.. All.Where(means => means.IsHere)], runs);
        var (ours, floor) = (series.Named(Means.Means.OursName), series.Named(Means.Means.FloorName));
        var kubectl = series.FirstOrDefault(each => each.Means == Means.Means.KubectlDrain.Name);
        return new Report
        {
            Title = "Drain of one node of a given cluster",
            Intro = "The caller's command prepares the node before each run. Done is when the last of its launcher pods has gone, as a watch of our own tells; requests and bytes are the server's knowledge and are not told here.",
            Series = series,
            Targets =
            [
                .. kubectl is null ? Array.Empty<Target>() : [Target.AtLeast("drain at least 6× faster than kubectl", Spread.OfRatios(kubectl.DoneEach, ours.DoneEach), 6, WhyNot.Start)],
                Target.AtMost("drain in at most 1.3× the floor", Spread.OfRatios(ours.DoneEach, floor.DoneEach), 1.3, WhyNot.Start),
            ],
        };
    }

    public static async Task<Report> RunAsync(int machines, int runs, Action<string> tell)
    {
        await using var server = await ServerProcess.StartAsync(file => new SceneRequest(file, 2, 1, machines, Disks: false, Crowd.None));
        var series = await new Turns(server, tell).TakeAsync([.. All.Where(means => means.IsHere)], runs);
        var (ours, floor) = (series.Named(Means.Means.OursName), series.Named(Means.Means.FloorName));
        var kubectl = series.FirstOrDefault(each => each.Means == Means.Means.KubectlDrain.Name);
        var (oursAgain, floorAgain) = await TakeSecondAsync(machines, runs, tell);
        return new Report
        {
            Title = $"Drain of {machines} virtual machines",
            Intro = $"""
                One node with {machines} machines whose eviction strategy is None: an eviction shuts each down, which takes half a second, and it starts on another node. Ours with the options as
                they come (`NodeMaintenance.OnNode(node).GracefulShutdown()`, `vmnodeops drain NODE --yes`), kubectl with the flags of the manual (`{string.Join(' ', Means.Means.KubectlDrain.Arguments("", ["NODE"]))}`;
                `--delete-emptydir-data` is the later name of `--delete-local-data`), floor: cordon, list, watch, every eviction at once. Only ours plans, takes the lock, keeps a journal and
                verifies that every machine runs elsewhere.
                """,
            Series = series,
            Targets =
            [
                .. kubectl is null ? Array.Empty<Target>() : [Target.AtLeast("drain at least 6× faster than kubectl", Spread.OfRatios(kubectl.DoneEach, ours.DoneEach), 6, WhyNot.Start)],
                Target.AtMost("drain in at most 1.3× the floor", Spread.OfRatios(ours.DoneEach, floor.DoneEach), 1.3, WhyNot.Start),
                Target.AtMost($"at most {machines} + 40 requests", ours.Of(sample => sample.Requests), machines + 40, WhyNot.Requests, "0", ""),
                Target.AtMost("from the last machine that runs elsewhere to our return at most 50 ms", ours.Of(sample => sample.Verified?.TotalMilliseconds ?? double.NaN), 50, WhyNot.Journal, "0", " ms"),
            ],
            Notes =
            [
                Phases.Of(ours),
                .. Phases.OnRuntime(series),
                "On the .NET runtime, in a process that has drained another node before, as a service has: ours "
                    + $"{Spread.Of(oursAgain).ToText("0.00", " s")}, floor {Spread.Of(floorAgain).ToText("0.00", " s")}, ratio {Spread.OfRatios(oursAgain, floorAgain).ToText("0.00", "×")}.",
            ],
        };
    }

    /// <summary>The same once more in one process each: what is left of the difference when everything has been compiled.</summary>
    private static async Task<(IReadOnlyList<double> Ours, IReadOnlyList<double> Floor)> TakeSecondAsync(int machines, int runs, Action<string> tell)
    {
        await using var server = await ServerProcess.StartAsync(file => new SceneRequest(file, 2, 1, machines, Disks: false, Crowd.None));
        var (there, back) = (SceneRequest.Worker(1), SceneRequest.Worker(2));
        var (ours, floor) = (new List<double>(), new List<double>());
        for (var run = 1; run <= runs; run++)
        {
            foreach (var isOurs in run % 2 == 1 ? [true, false] : (bool[])[false, true])
            {
                var means = isOurs ? Means.Means.OursDrainTwice : Means.Means.FloorDrainTwice;
                var sample = await Sample.TakeSecondAsync(server, means, there, back, Limit);
                await server.ResetAsync(back);
                (isOurs ? ours : floor).Add(sample.Done.TotalSeconds);
                tell($"run {run}, {means.Name}, second in its process: done {sample.Done.TotalSeconds:0.00} s");
            }
        }

        return (ours, floor);
    }
}
