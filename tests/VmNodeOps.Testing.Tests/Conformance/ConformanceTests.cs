using System.Globalization;
using System.Text;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Hosting;
using Xunit.Abstractions;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>Every recorded exchange with a real server is set up, sent to ours over HTTPS, and the answers are compared.</summary>
public sealed class ConformanceTests(ITestOutputHelper output)
{
    private const int DifferencesShown = 3;

    /// <summary>Exchanges that ours answers otherwise, each with its reason. There is none.</summary>
    private static readonly IReadOnlyDictionary<int, string> KnownDifferences = new Dictionary<int, string>();

    [Fact]
    public async Task Recorded_exchanges_are_answered_as_a_real_server_answered_them()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "conformance.txt");
        File.Delete(file);
        var results = new List<(RecordedExchange Exchange, IReadOnlyList<string> Differences)>();
        await ReplayPlainAsync(results);
        await ReplayKubeVirtAsync(results);
        await ReplaySmallKubeVirtAsync(results);

        var report = Report(results);
        output.WriteLine(report);
        // The runner shows a passing test's output to nobody; the build prints this file.
        await File.WriteAllTextAsync(file, report);

        results.Select(result => result.Exchange).Should().Equal(RecordedExchange.All, "each exchange is replayed");
        results.Where(result => result.Differences.Count > 0).Select(result => result.Exchange.Number).Should().Equal(
            KnownDifferences.Keys.Order(), "every other exchange must be answered alike:\n{0}", report);
    }

    private static async Task ReplayPlainAsync(List<(RecordedExchange Exchange, IReadOnlyList<string> Differences)> results)
    {
        using var time = SimulatedTime.Virtual();
        var api = new ApiMachinery(time);
        var settings = new ServerSettings { Version = "v1.36.2", KubeVirtVersion = null };
        await using var front = await HttpFront.StartAsync(api, api, new HttpFrontOptions { Settings = settings });
        using var server = new ConformanceServer(time, api, front);
        var scenes = new PlainScenes(server);
        scenes.Begin();
        foreach (var exchange in RecordedExchange.All.Where(exchange => exchange.Number < 200))
        {
            scenes.Before(exchange.Number);
            await ReplayAsync(server, exchange, results, scenes.During(exchange.Number));
        }

        time.Failures.Should().BeEmpty();
    }

    private static async Task ReplayKubeVirtAsync(List<(RecordedExchange Exchange, IReadOnlyList<string> Differences)> results)
    {
        await using var cluster = await KubeVirtScenes.StartAsync();
        using var server = new ConformanceServer(cluster.Time, cluster.Machinery, cluster.Front);
        var scenes = new KubeVirtScenes(cluster, server);
        scenes.Begin();
        foreach (var exchange in RecordedExchange.All.Where(exchange => exchange.Number is > 200 and < 238))
        {
            await scenes.BeforeAsync(exchange.Number);
            await ReplayAsync(server, exchange, results);
        }
    }

    private static async Task ReplaySmallKubeVirtAsync(List<(RecordedExchange Exchange, IReadOnlyList<string> Differences)> results)
    {
        await using var cluster = await KubeVirtScenes.StartSmallAsync();
        using var server = new ConformanceServer(cluster.Time, cluster.Machinery, cluster.Front);
        foreach (var exchange in RecordedExchange.All.Where(exchange => exchange.Number >= 238))
        {
            await ReplayAsync(server, exchange, results);
        }
    }

    private static async Task ReplayAsync(
        ConformanceServer server, RecordedExchange exchange, List<(RecordedExchange Exchange, IReadOnlyList<string> Differences)> results,
        Func<Task>? during = null)
    {
        var answer = await server.SendAsync(exchange, during);
        server.Names.Learn(exchange.Answer, answer.Body);
        results.Add((exchange, Comparison.Compare(exchange, answer, server.Names)));
    }

    private static string Report(List<(RecordedExchange Exchange, IReadOnlyList<string> Differences)> results)
    {
        var report = new StringBuilder();
        report.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"conformance: {results.Count(result => result.Differences.Count == 0)} of {RecordedExchange.All.Count}"));
        foreach (var (exchange, differences) in results.Where(result => result.Differences.Count > 0))
        {
            report.AppendLine(KnownDifferences.TryGetValue(exchange.Number, out var reason) ? $"{exchange.Name}: {reason}" : exchange.Name);
            foreach (var difference in differences.Take(DifferencesShown))
            {
                report.AppendLine("  " + difference);
            }
        }

        return report.ToString();
    }
}
