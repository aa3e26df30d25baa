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
        var (alone, batch) = (new List<Sample>(), new List<Sample>());
        for (var run = 0; run < runs; run++)
        {
            // The machines of a batch go to other nodes, so each run has a cluster of its own.
            await using var server = await ServerProcess.StartAsync(file => new SceneRequest(file, nodes + 1 + Spare, nodes + 1, machines, Disks: false, Crowd.None));
            alone.Add(await Sample.TakeAsync(server, Means.Means.OursDrain, [SceneRequest.Worker(nodes + 1)], Limit));
            await server.ResetAsync(SceneRequest.Worker(nodes + 1));
            batch.Add(await Sample.TakeAsync(server, Means.Means.OursBatch, [.. Enumerable.Range(1, nodes).Select(SceneRequest.Worker)], Limit));
            tell($"run {run + 1}: alone {alone[^1].Done.TotalSeconds:0.00} s, {nodes} nodes {batch[^1].Done.TotalSeconds:0.00} s, {batch[^1].Requests} requests");
        }

        var ratio = Spread.OfRatios(batch.Select(sample => sample.Done.TotalSeconds), alone.Select(sample => sample.Done.TotalSeconds));
        return new Report
        {
            Title = $"{nodes} nodes of {machines} virtual machines in one run",
            Intro = $"`NodeMaintenance.OnNodes(…).Each(node => node.GracefulShutdown())` with MaxNodesAtOnce = {nodes}, beside a drain of one such node alone, in the same cluster a moment before.",
            Series = [new Series("one node alone", alone), new Series($"{nodes} nodes", batch)],
            Targets = [Target.AtMost($"{nodes} nodes in at most 1.5× one alone", ratio, 1.5, WhyNot.Batch)],
            Notes = [FormattableString.Invariant($"The slowest run of a node within the batch took {Spread.Of(batch.Select(sample => sample.Words?.Slowest?.TotalSeconds ?? double.NaN)).ToText("0.0", " s")}.")],
        };
    }
}
