using VmNodeOps.Benchmarks.Measuring;
using VmNodeOps.Benchmarks.Server;

namespace VmNodeOps.Benchmarks.Scenarios;

/// <summary>Many nodes in one batch, all at once, beside one of them alone.</summary>
internal static class ManyNodesScenario
{
    private const int Spare = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task<Report> RunAsync(int nodes, int machines, int runs, Action<string> tell)
    {
        var (alone, batch, floor) = (new List<Sample>(), new List<Sample>(), new List<Sample>());
        string[] all = [.. Enumerable.Range(1, nodes).Select(SceneRequest.Worker)];
        for (var run = 0; run < runs; run++)
        {
            // The machines of a batch go to other nodes, so each run, and the floor beside it, has a cluster of its own.
            foreach (var isFloor in run % 2 == 0 ? [false, true] : (bool[])[true, false])
            {
                await using var server = await ServerProcess.StartAsync(file => new SceneRequest(file, nodes + 1 + Spare, nodes + 1, machines, Disks: false, Crowd.None));
                alone.Add(await Sample.TakeAsync(server, Means.Means.OursDrain, [SceneRequest.Worker(nodes + 1)], Limit));
                await server.ResetAsync(SceneRequest.Worker(nodes + 1));
                (isFloor ? floor : batch).Add(await Sample.TakeAsync(server, isFloor ? Means.Means.FloorBatch : Means.Means.OursBatch, all, Limit));
            }

            tell($"run {run + 1}: alone {alone[^1].Done.TotalSeconds:0.00} s, {nodes} nodes {batch[^1].Done.TotalSeconds:0.00} s, floor {floor[^1].Done.TotalSeconds:0.00} s, {batch[^1].Requests} requests");
        }

        var ratio = Spread.OfRatios(batch.Select(sample => sample.Done.TotalSeconds), alone.Where((_, index) => index % 2 == 0).Select(sample => sample.Done.TotalSeconds));
        var beside = Spread.OfRatios(batch.Select(sample => sample.Done.TotalSeconds), floor.Select(sample => sample.Done.TotalSeconds));
        return new Report
        {
            Title = $"{nodes} nodes of {machines} virtual machines in one run",
            Intro = $"`NodeMaintenance.OnNodes(…).Each(node => node.GracefulShutdown())` with MaxNodesAtOnce = {nodes}, beside a drain of one such node alone, in the same cluster a moment before. Floor: the floor's drain of all of them at once, which says what the server allows.",
            Series = [new Series("one node alone", alone), new Series($"{nodes} nodes", batch), new Series($"floor, {nodes} nodes", floor)],
            Targets = [Target.AtMost($"{nodes} nodes in at most 1.5× one alone", ratio, 1.5, WhyNot.Batch)],
            Notes =
            [
                $"Ours in {beside.ToText("0.00", "×")} what the floor needs for the same nodes.",
                FormattableString.Invariant($"The slowest run of a node within the batch took {Spread.Of(batch.Select(sample => sample.Words?.Slowest?.TotalSeconds ?? double.NaN)).ToText("0.0", " s")}."),
            ],
        };
    }
}
