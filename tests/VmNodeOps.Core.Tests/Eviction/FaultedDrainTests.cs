using VmNodeOps.Testing;
using VmNodeOps.Tests.Scenes;
using Xunit.Abstractions;

namespace VmNodeOps.Tests.Eviction;

public sealed class FaultedDrainTests(ITestOutputHelper output)
{
    private static readonly NodeMaintenance Shutdown = NodeMaintenance.OnNode("worker-1").GracefulShutdown(Drains.OfAll);
    private static readonly (string, string, string)[] Targets =
        [("create", "pods", "eviction"), ("patch", "nodes", ""), ("", "pods", ""), ("", "virtualmachineinstances", ""), ("", "", "")];

    [Fact]
    public async Task Drains_of_50_machines_end_right_when_the_trouble_stops()
    {
        var runs = new FaultedRuns(output);
        var (ended, faults) = (0, 0);
        foreach (var seed in FaultedRuns.Seeds(fallback: 3, share: 0.5))
        {
            await using var scene = await StartAsync(seed);

            var run = await runs.RunAsync(seed, scene, Shutdown);

            run.Report.Result.Should().Be(MaintenanceResult.Succeeded, $"seed {seed}: {run.Report.ToText()}");
            run.Took.Should().BeLessThan(FaultedRuns.Deadline);
            ShouldHaveMoved(scene, seed);
            ended++;
            faults += run.Faults;
        }

        runs.Conclude("drains whose trouble stops", ended, ended, faults);
    }

    [Fact]
    public async Task Drains_whose_trouble_never_stops_end_in_time_name_it_and_leave_the_cluster_safe()
    {
        var runs = new FaultedRuns(output);
        var (ended, faults) = (0, 0);
        foreach (var seed in FaultedRuns.Seeds(fallback: 2, share: 0.1))
        {
            await using var scene = await StartAsync(seed);

            var run = await runs.RunForeverAsync(seed, scene, Shutdown, Targets);

            var deadline = run.Report.StartedAt + FaultedRuns.ShortDeadline;
            scene.Cluster.Requests.Where(request => request.Time > deadline + TimeSpan.FromSeconds(1)).Should().BeEmpty($"seed {seed}: nothing is sent after the deadline");
            // The simulated clock may go on while this process still compiles what it does when time is up.
            run.Took.Should().BeLessThanOrEqualTo(FaultedRuns.ShortDeadline + TimeSpan.FromSeconds(30), $"seed {seed}");
            run.Report.Result.Should().NotBe(MaintenanceResult.Succeeded, $"seed {seed}");
            run.Report.Summary.Should().ContainAny(["injected:", "broke before the answer", "did not answer in time"], $"seed {seed} names its fault");
            scene.Cluster.Guests.Doubles.Should().BeEmpty($"seed {seed}");
            await scene.Cluster.UntilAsync(() => Running(scene, "moves").Count == 25 && Running(scene, "restarts").Count == 20, $"seed {seed}: no machine is lost");
            ended++;
            faults += run.Faults;
        }

        runs.Conclude("drains whose trouble never stops", ended, ended, faults);
    }

    private static void ShouldHaveMoved(Scene scene, int seed)
    {
        scene.Cluster.Guests.On("worker-1").Should().BeEmpty($"seed {seed}");
        Running(scene, "moves").Should().HaveCount(25, $"seed {seed}");
        Running(scene, "restarts").Should().HaveCount(20, $"seed {seed}");
        scene.Cluster.Guests.Running.Should().HaveCount(45, $"seed {seed}: those that stay down are down");
        scene.Cluster.Guests.Doubles.Should().BeEmpty($"seed {seed}");
        scene.Cluster.Guests.History.Where(guest => guest.Name.StartsWith("moves") && guest.Node == "worker-1")
            .Should().OnlyContain(guest => guest.End == GuestEnd.Migrated, $"seed {seed}: what can migrate is not shut down");
        scene.Cluster.Objects.Get("nodes", "worker-1", ns: null)!["spec"]!["unschedulable"]!.GetValue<bool>().Should().BeTrue($"seed {seed}");
    }

    private static List<Guest> Running(Scene scene, string prefix) =>
        [.. scene.Cluster.Guests.Running.Where(guest => guest.Name.StartsWith(prefix, StringComparison.Ordinal))];

    private static Task<Scene> StartAsync(int seed) => Scene.StartAsync(
        cluster => (cluster.WithNodes("worker-1", "worker-2", "worker-3") with { Seed = seed, ParallelMigrationsPerCluster = 10, ParallelOutboundMigrationsPerNode = 5 })
            .WithVirtualMachines(Many(25, "moves", vm => vm.LiveMigrate()))
            .WithVirtualMachines(Many(20, "restarts", vm => vm))
            .WithVirtualMachines(Many(3, "manual", vm => vm.Run(SimulatedRunStrategy.Manual)))
            .WithVirtualMachines(Many(2, "rerun", vm => vm.Run(SimulatedRunStrategy.RerunOnFailure))),
        client => client with { JitterSeed = seed });

    private static IEnumerable<SimulatedVirtualMachine> Many(int count, string prefix, Func<SimulatedVirtualMachine, SimulatedVirtualMachine> configure) =>
        Enumerable.Range(1, count).Select(number => configure(new SimulatedVirtualMachine { Name = $"{prefix}-{number}" }.On("worker-1")));
}
