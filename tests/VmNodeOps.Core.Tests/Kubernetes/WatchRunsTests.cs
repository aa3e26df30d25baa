using System.Globalization;
using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Testing.Hosting;
using VmNodeOps.Tests.Cluster;
using Xunit.Abstractions;

namespace VmNodeOps.Tests.Kubernetes;

/// <summary>
/// Seeded runs of a watch while pods come, change and go and the watch is ended early, cut, expired and silenced: its final picture is the server's,
/// and no event contradicts another. VMNODEOPS_WATCH_RUNS says how many.
/// </summary>
public sealed class WatchRunsTests(ITestOutputHelper output)
{
    private static readonly int Runs = int.Parse(Environment.GetEnvironmentVariable("VMNODEOPS_WATCH_RUNS") ?? "200", CultureInfo.InvariantCulture);

    [Fact]
    public async Task The_final_picture_is_the_servers()
    {
        var older = await RunAsync("v1.28.8", Runs / 2);
        var newer = await RunAsync("v1.34.1", Runs - (Runs / 2));

        var line = $"watch runs: {Runs}, equal: {older.Equal + newer.Equal}";
        output.WriteLine($"{line} ({older.Ends + newer.Ends} ended, cut, expired or silenced requests on the way)");
        await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, "watch-runs.txt"), line + "\n");
        (older.Equal + newer.Equal).Should().Be(Runs);
        (older.Ends + newer.Ends).Should().BeGreaterThan(Runs, "the watches must have been ended on the way");
    }

    private static async Task<(int Equal, int Ends)> RunAsync(string version, int runs)
    {
        using var time = SimulatedTime.RealTime(speed: 20);
        await using var cluster = await SimulatedCluster.StartAsync(builder => (builder with
        {
            KubernetesVersion = version, Time = time, Heartbeats = false, Events = false,
        }).WithNode("node-1"));
        cluster.Requests.Capacity = 1000;
        var file = Path.GetTempFileName();
        cluster.WriteKubeconfig(file);
        using var client = KubernetesCluster.FromKubeConfig(file, options: new KubernetesClusterOptions
        {
            TimeProvider = time,
            JitterSeed = 1,
            RetryDelay = TimeSpan.FromMilliseconds(20),
            LongestRetryDelay = TimeSpan.FromSeconds(1),
            WatchSilence = TimeSpan.FromSeconds(4),
            PageSize = 5,
        });
        File.Delete(file);
        var equal = 0;
        var ends = 0;

        await Parallel.ForEachAsync(Enumerable.Range(1, runs), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (seed, _) =>
        {
            var run = new Run(cluster, client, seed);
            var differences = await run.GoAsync();
            Interlocked.Add(ref ends, run.Ends);
            differences.Should().BeEmpty("the picture of run {0} must be the server's", seed);
            Interlocked.Increment(ref equal);
        });

        return (equal, ends);
    }

    private sealed class Run(SimulatedCluster cluster, KubernetesCluster client, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly Random _faults = new(seed + 1_000_000);
        private readonly string _namespace = $"run-{seed}";
        private bool _calm;
        private int _ends;

        public int Ends => _ends;

        public async Task<IReadOnlyList<string>> GoAsync()
        {
            cluster.Objects.Create(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = _namespace } });
            using var fault = cluster.Faults.Add(new FaultRule { Namespace = _namespace, Effect = FaultEffect.Choose(Choose) });
            var selection = new Selection { Namespace = _namespace, Labels = "tier=a" };
            Change(4);
            var snapshot = seed % 3 == 0 ? await client.Pods.ListAsync(selection) : null;
            await using var watcher = new Watcher<Pod>(client.Pods, selection, snapshot);
            // Others who follow the same from a little later hear the same request, as long as it lasts.
            await using var companion = new Watcher<Pod>(client.Pods, selection, snapshot ?? await client.Pods.ListAsync(selection));
            Change(_random.Next(1, 4));
            await using var latecomer = new Watcher<Pod>(client.Pods, selection, await client.Pods.ListAsync(selection));
            Watcher<Pod>[] all = [watcher, companion, latecomer];
            for (var burst = 0; burst < 6; burst++)
            {
                Change(_random.Next(1, 8));
                if (_random.Next(2) == 0)
                {
                    await SeenAsync(all, $"mark-{burst}");
                }
            }

            _calm = true;
            await SeenAsync(all, "last");
            var there = cluster.Objects.List("pods", _namespace).Where(pod => (string?)pod["metadata"]!["labels"]?["tier"] == "a")
                .Select(pod => $"{_namespace}/{pod["metadata"]!["name"]} {pod["metadata"]!["uid"]} {pod["metadata"]!["resourceVersion"]}").ToList();
            return [.. all.SelectMany(one => (string[])[.. one.Contradictions, .. Seen(one).Except(there), .. there.Except(Seen(one))])];
        }

        private static List<string> Seen(Watcher<Pod> watcher) => [.. watcher.Picture.Values.Select(pod => $"{pod.Name} {pod.Uid} {pod.ResourceVersion}")];

        private Task SeenAsync(Watcher<Pod>[] watchers, string name)
        {
            Create(name);
            return Task.WhenAll(watchers.Select(watcher => watcher.UntilAsync(picture => picture.ContainsKey(new ObjectName(_namespace, name)))));
        }

        private FaultEffect? Choose(LoggedRequest request)
        {
            lock (_faults)
            {
                if (_calm || request.Verb is not ("watch" or "list"))
                {
                    return null;
                }

                var effect = request.Verb == "list"
                    ? _faults.Next(6) == 0 ? FaultEffect.CutInBody() : null
                    : _faults.Next(12) switch
                    {
                        < 4 => FaultEffect.EndWatch(_faults.Next(6)),
                        < 7 => FaultEffect.ExpireWatch(_faults.Next(6)),
                        < 10 => FaultEffect.CutWatch(_faults.Next(6)),
                        10 => FaultEffect.SilenceWatch(_faults.Next(6)),
                        _ => null,
                    };
                _ends += effect is null ? 0 : 1;
                return effect;
            }
        }

        private void Change(int count)
        {
            for (; count > 0; count--)
            {
                var name = $"p{_random.Next(8)}";
                switch (_random.Next(6))
                {
                    case 0:
                        cluster.Objects.Delete("pods", name, _namespace, force: true);
                        break;
                    case 1:
                        cluster.Objects.Change("pods", name, pod => pod["metadata"]!["labels"]!["tier"] = _random.Next(3) == 0 ? "b" : "a", _namespace);
                        break;
                    case 2 when cluster.Objects.Delete("pods", name, _namespace, force: true):
                        Create(name);
                        break;
                    case 3:
                        cluster.Objects.Change("pods", name, pod => pod["metadata"]!["labels"]!["n"] = $"{_random.Next(1000)}", _namespace);
                        break;
                    default:
                        if (cluster.Objects.Get("pods", name, _namespace) is null)
                        {
                            Create(name);
                        }

                        break;
                }
            }
        }

        private void Create(string name) => cluster.Objects.Create(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = _namespace, ["labels"] = new JsonObject { ["tier"] = "a" } },
            ["spec"] = new JsonObject { ["schedulerName"] = "nobody", ["containers"] = new JsonArray(new JsonObject { ["name"] = "c", ["image"] = "i" }) },
        });
    }
}
