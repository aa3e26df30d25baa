using System.Diagnostics;
using VmNodeOps.Cluster;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Testing.Hosting;
using VmNodeOps.Tests.Scenes;
using Xunit.Abstractions;

namespace VmNodeOps.Tests.Recovery;

/// <summary>Recoveries of many machines while the API server misbehaves at random, judged by what runs on the hosts.</summary>
public sealed class StormTests(ITestOutputHelper output)
{
    private const int Machines = 50;

    private static int Storms => int.TryParse(Environment.GetEnvironmentVariable("VMNODEOPS_STORMS"), out var count) ? count : 5;

    [Fact]
    public async Task Storms_that_end_before_the_deadline_leave_everything_as_it_should_be()
    {
        for (var seed = 1; seed <= Storms; seed++)
        {
            var watch = Stopwatch.StartNew();
            await using var scene = await CrashedAsync(seed);
            var random = new Random(seed);
            Brew(scene, seed, random, until: TimeSpan.FromSeconds(random.Next(5, 1200)));

            var report = await RunAsync(scene, TimeSpan.FromHours(1));

            output.WriteLine($"seed {seed}: {report.Result} after {report.FinishedAt - report.StartedAt}, {scene.Cluster.Requests.Total} requests, {watch.ElapsedMilliseconds} ms");
            report.Result.Should().Be(MaintenanceResult.Succeeded, $"seed {seed}\n{report.ToText()}");
            Judge(scene, seed);
            scene.Cluster.Guests.Running.Should().HaveCount(Machines, $"seed {seed}: every machine runs");
        }
    }

    [Fact]
    public async Task Storms_that_never_end_end_the_run_within_its_deadline_with_their_name_and_without_harm()
    {
        for (var seed = 101; seed < 101 + ((Storms + 4) / 5); seed++)
        {
            await using var scene = await CrashedAsync(seed);
            var effect = Lasting[seed % Lasting.Count];
            scene.Cluster.Faults.Add(new FaultRule { Effect = effect.Effect, When = IsOurs, Skip = new Random(seed).Next(0, 80) });

            var begun = scene.Cluster.Time.GetUtcNow();
            var (report, error) = await TryRunAsync(scene, TimeSpan.FromMinutes(20));

            (scene.Cluster.Time.GetUtcNow() - begun).Should().BeLessThan(TimeSpan.FromMinutes(20.5), $"seed {seed}");
            (report?.Summary ?? error!.Message).Should().Contain(effect.Named, $"seed {seed}");
            output.WriteLine($"seed {seed}: {report?.Summary ?? error!.Message}");
            report?.Result.Should().NotBe(MaintenanceResult.Succeeded);
            scene.Cluster.Faults.Clear();
            Judge(scene, seed);
        }
    }

    /// <summary>Trouble that does not pass, and what of it a report must name.</summary>
    private static IReadOnlyList<(FaultEffect Effect, string Named)> Lasting { get; } =
    [
        (FaultEffect.Status(503, "ServiceUnavailable", "the storm goes on"), "the storm goes on"),
        (FaultEffect.Status(429, "TooManyRequests", "the storm goes on", retryAfterSeconds: 5), "the storm goes on"),
        (FaultEffect.CutBefore(), "broke"),
        (FaultEffect.NoAnswer(), "did not answer in time"),
        (FaultEffect.Status(403, "Forbidden", "the storm forbids it"), "the storm forbids it"),
    ];

    private static async Task<Scene> CrashedAsync(int seed)
    {
        var scene = await Scene.StartAsync(cluster => Enumerable.Range(1, Machines).Aggregate(
            cluster with { Nodes = [.. Nodes()], Seed = seed, Events = false },
            (builder, number) => builder.WithVirtualMachine($"vm-{number:00}", vm => Vary(vm.On(number % 5 == 0 ? "node-2" : "node-1"), number))));
        await scene.CrashAsync("node-1");
        scene.Cluster.Requests.Clear();
        return scene;

        static IEnumerable<SimulatedNode> Nodes() => new[] { "node-1", "node-2", "node-3", "node-4" }.Select(name => new SimulatedNode { Name = name });

        static SimulatedVirtualMachine Vary(SimulatedVirtualMachine machine, int number) => (number % 4) switch
        {
            0 => machine.WithDisk(),
            1 => machine.LiveMigrate().WithDisk(shared: true),
            2 => machine.Run(SimulatedRunStrategy.RerunOnFailure).WithDisk(),
            _ => machine,
        };
    }

    /// <summary>One request in five goes wrong, in any of the ways in which requests do.</summary>
    private static void Brew(Scene scene, int seed, Random random, TimeSpan until)
    {
        var start = scene.Cluster.Time.GetUtcNow();
        scene.Cluster.Faults.Add(new FaultRule
        {
            Label = "storm",
            Seed = seed,
            Probability = 0.2,
            When = IsOurs,
            Until = start + until,
            Effect = FaultEffect.Choose(request =>
            {
                lock (random)
                {
                    return request.Verb == "watch" ? OnWatch(random) : OnRequest(random);
                }
            }),
        });
    }

    private static bool IsOurs(LoggedRequest request) => request.UserAgent?.StartsWith("vmnodeops", StringComparison.Ordinal) == true;

    private static FaultEffect OnRequest(Random random) => random.Next(9) switch
    {
        0 => FaultEffect.Status(500, "InternalError", "the storm"),
        1 => FaultEffect.Status(503, "ServiceUnavailable", "the storm"),
        2 => FaultEffect.Status(429, "TooManyRequests", "the storm", retryAfterSeconds: 2),
        3 => FaultEffect.CutBefore(),
        4 => FaultEffect.CutAfter(),
        5 => FaultEffect.CutInBody(),
        6 => FaultEffect.StallBody(),
        7 => FaultEffect.NoAnswer(),
        _ => FaultEffect.Delay(TimeSpan.FromSeconds(random.Next(1, 20))),
    };

    private static FaultEffect OnWatch(Random random) => random.Next(5) switch
    {
        0 => FaultEffect.EndWatch(random.Next(5)),
        1 => FaultEffect.SilenceWatch(random.Next(5)),
        2 => FaultEffect.ExpireWatch(random.Next(5)),
        3 => FaultEffect.CutWatch(random.Next(5)),
        _ => FaultEffect.Status(500, "InternalError", "the storm"),
    };

    /// <summary>A run whose plan could not be made has written nothing and is simply begun again.</summary>
    private static async Task<MaintenanceReport> RunAsync(Scene scene, TimeSpan timeout)
    {
        while (true)
        {
            var (report, error) = await TryRunAsync(scene, timeout);
            if (report is not null)
            {
                return report;
            }

            scene.OurWrites().Should().BeEmpty(error!.Message);
        }
    }

    private static async Task<(MaintenanceReport? Report, ClusterException? Error)> TryRunAsync(Scene scene, TimeSpan timeout)
    {
        try
        {
            return (await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1").With(options => options with { Timeout = timeout })), null);
        }
        catch (ClusterException exception)
        {
            return (null, exception);
        }
    }

    private static void Judge(Scene scene, int seed)
    {
        scene.Cluster.Guests.Doubles.Should().BeEmpty($"seed {seed}");
        scene.Cluster.Guests.On("node-1").Should().BeEmpty($"seed {seed}");
        scene.Cluster.Guests.History.Where(guest => guest.Node == "node-2" && guest.EndedAt is not null).Should().BeEmpty($"seed {seed}: another node's machines run on");
    }
}
