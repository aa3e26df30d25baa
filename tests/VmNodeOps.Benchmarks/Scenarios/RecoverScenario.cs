using VmNodeOps.Benchmarks.Measuring;
using VmNodeOps.Benchmarks.Server;

namespace VmNodeOps.Benchmarks.Scenarios;

/// <summary>A node has lost its power and is known to be down; its machines and their volumes are released.</summary>
internal static class RecoverScenario
{
    private static readonly Means.Means[] All = [Means.Means.OursRecover, Means.Means.PipelinesRecover, Means.Means.FloorRecover, .. Means.Means.AlsoOnRuntime("ours-recover", "floor-recover")];

    public static async Task<Report> RunAsync(int machines, int runs, Action<string> tell)
    {
        await using var server = await ServerProcess.StartAsync(file => new SceneRequest(file, 2, 1, machines, Disks: true, Crowd.None));
        var turns = new Turns(server, tell) { Before = server.CrashAsync, Hurries = true };
        var series = await turns.TakeAsync([.. All.Where(means => means.IsHere)], runs);
        var (ours, floor) = (series.Named(Means.Means.OursName), series.Named(Means.Means.FloorName));
        var pipelines = series.FirstOrDefault(each => each.Means == Means.Means.PipelinesRecover.Name);
        return new Report
        {
            Title = $"Recovery of {machines} virtual machines and {machines} attachments",
            Intro = $"""
                The node's power is off and its Ready condition is Unknown before the clock starts. Ours: `RecoverFromCrash(Evidence.OperatorConfirms(…))` with the options as they come. The manual's
                pipelines, to the letter, run by bash: force-delete by `kubectl get | grep | awk | bash`, detach by `kubectl get | grep | awk | xargs kubectl delete`, then the two questions after virt-api
                and virt-controller. Floor: list, delete all at once, list, delete all at once, watch. Only ours looks whether the node is really down before each deletion, and verifies.
                """,
            Series = series,
            Targets =
            [
                .. pipelines is null ? Array.Empty<Target>() : [Target.AtLeast("recovery at least 20× faster than the pipelines", Spread.OfRatios(pipelines.DoneEach, ours.DoneEach), 20, WhyNot.Start)],
                Target.AtMost("recovery in at most 1.5× the floor", Spread.OfRatios(ours.DoneEach, floor.DoneEach), 1.5, WhyNot.Start),
            ],
            Notes =
            [
                Phases.Of(ours),
                .. Phases.OnRuntime(series),
                FormattableString.Invariant($"Everything verified: the last machine runs elsewhere {ours.Of(sample => sample.Marks.ArrivedInClusterTime?.TotalSeconds ?? double.NaN).ToText("0")} s after the start (Kubernetes' attach/detach controller looks once a minute whether a volume was detached by hand; that time is the cluster's, which runs fast from the last mark on), and our call returned {ours.Of(sample => sample.Verified?.TotalMilliseconds ?? double.NaN).ToText("0")} ms after it."),
            ],
        };
    }
}
