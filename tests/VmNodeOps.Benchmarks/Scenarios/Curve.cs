using VmNodeOps.Benchmarks.Measuring;
using VmNodeOps.Benchmarks.Server;

namespace VmNodeOps.Benchmarks.Scenarios;

/// <summary>Time and requests of a drain against the machines on the node.</summary>
internal static class Curve
{
    private static readonly Means.Means[] All = [Means.Means.OursDrain, Means.Means.KubectlDrain, Means.Means.FloorDrain];

    public static async Task<IReadOnlyList<CurvePoint>> RunAsync(IReadOnlyList<int> sizes, Report? known, int knownSize, Action<string> tell)
    {
        var points = new List<CurvePoint>();
        foreach (var size in sizes)
        {
            if (known is not null && size == knownSize)
            {
                points.AddRange(known.Series.Where(series => All.Any(means => means.Name == series.Means))
                    .Select(series => new CurvePoint(series.Means, size, series.Done.Median, series.Of(sample => sample.Requests).Median)));
                continue;
            }

            await using var server = await ServerProcess.StartAsync(file => new SceneRequest(file, 2, 1, size, Disks: false, Crowd.None));
            var series = await new Turns(server, text => tell($"{size} machines, {text}")).TakeAsync([.. All.Where(means => means.IsHere)], runs: 1);
            points.AddRange(series.Select(each => new CurvePoint(each.Means, size, each.Done.Median, each.Of(sample => sample.Requests).Median)));
        }

        return points;
    }
}

/// <summary>One point of a curve.</summary>
internal sealed record CurvePoint(string Means, int Machines, double Seconds, double Requests);
