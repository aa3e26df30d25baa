using VmNodeOps.Testing;
using VmNodeOps.Tests.Scenes;
using Xunit.Abstractions;

namespace VmNodeOps.Tests.Recovery;

/// <summary>Recoveries of many machines while the API server misbehaves at random, judged by what runs on the hosts.</summary>
public sealed class FaultedRecoveryTests(ITestOutputHelper output)
{
    private const int Machines = 50;
    private readonly FaultedRuns _runs = new(output);

    /// <summary>Requests without which no recovery can be done.</summary>
    private static IReadOnlyList<(string Verb, string Resource, string Subresource)> Indispensable { get; } =
    [
        ("delete", "pods", ""), ("list", "pods", ""), ("patch", "nodes", ""), ("delete", "volumeattachments", ""), ("", "", ""),
    ];

    [Fact]
    public async Task Recoveries_whose_trouble_stops_leave_everything_as_it_should_be()
    {
        var (ended, faults) = (0, 0);
        foreach (var seed in FaultedRuns.Seeds(fallback: 5))
        {
            await using var scene = await CrashedAsync(seed);

            var run = await _runs.RunAsync(seed, scene, Crashes.RecoveryOf("node-1"));

            run.Report.Result.Should().Be(MaintenanceResult.Succeeded, $"seed {seed}\n{run.Report.ToText()}");
            Judge(scene, seed);
            scene.Cluster.Guests.Running.Should().HaveCount(Machines, $"seed {seed}: every machine runs");
            scene.LaunchersOn("node-1").Should().BeEmpty($"seed {seed}");
            scene.Attachments("node-1").Should().BeEmpty($"seed {seed}");
            ended++;
            faults += run.Faults;
        }

        _runs.Conclude("recoveries whose trouble stops", ended, ended, faults);
    }

    [Fact]
    public async Task Recoveries_whose_trouble_never_stops_end_in_time_name_it_and_harm_nothing()
    {
        var (ended, faults) = (0, 0);
        foreach (var seed in FaultedRuns.Seeds(fallback: 3, share: 0.1))
        {
            await using var scene = await CrashedAsync(seed);

            var run = await _runs.RunForeverAsync(seed, scene, Crashes.RecoveryOf("node-1"), Indispensable);

            run.Report.Result.Should().BeOneOf([MaintenanceResult.TimedOut, MaintenanceResult.Failed], $"seed {seed}\n{run.Report.ToText()}");
            run.Took.Should().BeLessThan(FaultedRuns.Deadline + TimeSpan.FromSeconds(5), $"seed {seed}");
            run.Report.Summary.Should().ContainAny("injected:", "broke before the answer", "did not answer in time");
            output.WriteLine(run.Report.Summary);
            Judge(scene, seed);
            ended++;
            faults += run.Faults;
        }

        _runs.Conclude("recoveries whose trouble never stops", ended, ended, faults);
    }

    private static async Task<Scene> CrashedAsync(int seed)
    {
        var scene = await Scene.StartAsync(cluster => Enumerable.Range(1, Machines).Aggregate(
            (cluster with { Seed = seed, Events = false }).WithNodes("node-1", "node-2", "node-3", "node-4"),
            (builder, number) => builder.WithVirtualMachine($"vm-{number:00}", vm => Vary(vm.On(number % 5 == 0 ? "node-2" : "node-1"), number))));
        await scene.CrashAsync("node-1");
        scene.Cluster.Requests.Clear();
        return scene;

        static SimulatedVirtualMachine Vary(SimulatedVirtualMachine machine, int number) => (number % 4) switch
        {
            0 => machine.WithDisk(),
            1 => machine.LiveMigrate().WithDisk(shared: true),
            2 => machine.Run(SimulatedRunStrategy.RerunOnFailure).WithDisk(),
            _ => machine,
        };
    }

    private static void Judge(Scene scene, int seed)
    {
        scene.Cluster.Guests.Doubles.Should().BeEmpty($"seed {seed}");
        scene.Cluster.Guests.On("node-1").Should().BeEmpty($"seed {seed}");
        scene.Cluster.Guests.History.Where(guest => guest.Node == "node-2" && guest.EndedAt is not null)
            .Should().BeEmpty($"seed {seed}: another node's machines run on");
    }
}
