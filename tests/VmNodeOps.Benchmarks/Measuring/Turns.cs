using VmNodeOps.Benchmarks.Server;

namespace VmNodeOps.Benchmarks.Measuring;

/// <summary>Lets several means do the same work in turn, now in this order, now in the other; two nodes take turns too, for the machines of the one go to the other.</summary>
internal sealed class Turns(IStage server, Action<string> tell)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private int _node;

    /// <summary>The nodes that take turns.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [SceneRequest.Worker(1), SceneRequest.Worker(2)];

    /// <summary>Done to the node before each run, unmeasured: a crash.</summary>
    public Func<string, Task>? Before { get; init; }

    /// <summary>Whether the cluster's time passes fast once everything is gone.</summary>
    public bool Hurries { get; init; }

    /// <summary>Whether the work moves the machines, so that the node must be put back into service and the next turn is the other node's.</summary>
    public bool Moves { get; init; } = true;

    public async Task<IReadOnlyList<Series>> TakeAsync(IReadOnlyList<Means.Means> all, int runs)
    {
        var samples = all.ToDictionary(means => means, _ => new List<Sample>());
        // kubectl keeps what a server offers on disk, so its warm-up is a look; a whole run of it takes long and warms nothing more.
        if (all.Any(means => means.Program == "kubectl"))
        {
            await ChildRun.OfAsync("kubectl", ["get", "nodes,pods,vmis", "-A"], server.Kubeconfig, server.Home, Limit);
        }

        foreach (var means in all.Where(means => means.Program != "kubectl"))
        {
            await RunAsync(means, "warm-up");
        }

        for (var run = 1; run <= runs; run++)
        {
            foreach (var means in run % 2 == 1 ? all : all.Reverse())
            {
                samples[means].Add(await RunAsync(means, $"run {run}"));
            }
        }

        return [.. all.Select(means => new Series(means.Name, samples[means]))];
    }

    private async Task<Sample> RunAsync(Means.Means means, string what)
    {
        var node = Nodes[_node];
        await (Before?.Invoke(node) ?? Task.CompletedTask);
        var sample = await Sample.TakeAsync(server, means, [node], Limit, settleAll: Moves, Hurries);
        if (Moves)
        {
            await server.ResetAsync(node);
            _node = (_node + 1) % Nodes.Count;
        }

        tell($"{what}, {means.Name}: done {sample.Done.TotalSeconds:0.00} s, process {sample.Wall.TotalSeconds:0.00} s, processor {sample.Processor.TotalSeconds:0.00} s, {sample.PeakMebibytes:0} MiB, {sample.Requests} requests");
        return sample;
    }
}
