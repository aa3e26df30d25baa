using VmNodeOps.Cluster;
using Xunit.Abstractions;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Death;

/// <summary>
/// Whatever dies when, a second run finishes. A run of each procedure is killed at every request, before and after the server applied it; from then on no byte of it
/// arrives, so nothing in it can clean up. Then the same command is given again, and the node is brought back. VMNODEOPS_KILL_STRIDE=1 tries every point.
/// </summary>
public sealed class KillMatrixTests(ITestOutputHelper output)
{
    private static IEvidenceSource Operator => Evidence.OperatorConfirms("ops@example.com", "rack power off");

    private static int Stride => int.TryParse(Environment.GetEnvironmentVariable("VMNODEOPS_KILL_STRIDE"), out var stride) ? Math.Max(1, stride) : 7;

    [Fact]
    public Task A_drain_that_dies_is_finished_by_the_next() => TryEveryPointAsync(
        "drain",
        scene => Task.CompletedTask,
        maintenance => maintenance.GracefulShutdown(Drains.OfAll),
        async (scene, again) =>
        {
            (await scene.FinishAsync(again)).EnsureSucceeded();
            scene.Cluster.Guests.On(KillScene.NodeName).Should().BeEmpty();
            await ReturnAsync(scene);
            Invariants.NoMachineIsForgotten(scene.Cluster, "moves", "restarts");
        });

    [Fact]
    public Task A_return_that_dies_is_finished_by_the_next() => TryEveryPointAsync(
        "return",
        async scene => (await scene.Runner("before").RunAsync(KillScene.Maintain().GracefulShutdown(Drains.OfAll))).EnsureSucceeded(),
        maintenance => maintenance.ReturnToService(),
        async (scene, again) =>
        {
            (await scene.FinishAsync(again)).EnsureSucceeded();
            Invariants.NoMachineIsForgotten(scene.Cluster, "moves", "restarts");
        });

    [Fact]
    public Task A_recovery_that_dies_is_finished_by_the_next() => TryEveryPointAsync(
        "recovery",
        async scene =>
        {
            scene.Cluster.CrashNode(KillScene.NodeName);
            await scene.Cluster.UntilAsync(
                () => scene.Cluster.Objects.Condition("nodes", KillScene.NodeName, "Ready", ns: null) == "Unknown", "the crash is noticed");
        },
        maintenance => maintenance.RecoverFromCrash(Operator),
        async (scene, again) =>
        {
            (await scene.FinishAsync(again)).EnsureSucceeded();
            scene.Cluster.PowerOnNode(KillScene.NodeName);
            await ReturnAsync(scene);
            Invariants.NoMachineIsForgotten(scene.Cluster, "moves", "restarts");
        });

    [Fact]
    public Task A_recovery_that_starts_what_stays_down_and_dies_starts_it_once_all_the_same() => TryEveryPointAsync(
        "recovery-with-starts",
        async scene =>
        {
            scene.Cluster.CrashNode(KillScene.NodeName);
            await scene.Cluster.UntilAsync(
                () => scene.Cluster.Objects.Condition("nodes", KillScene.NodeName, "Ready", ns: null) == "Unknown", "the crash is noticed");
        },
        maintenance => maintenance.RecoverFromCrash(Operator, options => options with { StartWhatStaysDown = true }),
        async (scene, again) =>
        {
            (await scene.FinishAsync(again)).EnsureSucceeded();
            scene.Cluster.Guests.History.Where(guest => guest.Name == "manual" && guest.Node != KillScene.NodeName).Should().ContainSingle("one start, one guest");
            scene.Cluster.PowerOnNode(KillScene.NodeName);
            await ReturnAsync(scene);
            Invariants.NoMachineIsForgotten(scene.Cluster, "moves", "restarts", "manual");
        });

    [Fact]
    public Task A_node_taken_out_of_service_by_a_run_that_dies_is_put_back_by_the_next() => TryEveryPointAsync(
        "out-of-service",
        async scene =>
        {
            scene.Taint(("example.com/rack", "7", "NoSchedule"), ("example.com/gpu", "", "PreferNoSchedule"));
            scene.Cluster.CrashNode(KillScene.NodeName);
            await scene.Cluster.UntilAsync(
                () => scene.Cluster.Objects.Condition("nodes", KillScene.NodeName, "Ready", ns: null) == "Unknown", "the crash is noticed");
        },
        maintenance => maintenance.RecoverFromCrash(Operator, options => options with { Release = ReleaseWay.OutOfServiceTaint }),
        async (scene, again) =>
        {
            (await scene.FinishAsync(again)).EnsureSucceeded();
            scene.ForeignTaints().Should().Equal("example.com/gpu=:PreferNoSchedule", "example.com/rack=7:NoSchedule");
            // virt-handler's pod was removed with the rest, and does not tolerate the rack's taint: whoever put it there takes it off first.
            scene.Taint();
            scene.Cluster.PowerOnNode(KillScene.NodeName);
            await ReturnAsync(scene);
            Invariants.NoMachineIsForgotten(scene.Cluster, "moves", "restarts");
        });

    [Fact]
    public Task A_drain_that_shuts_machines_down_and_dies_still_owes_their_start() => TryEveryPointAsync(
        "shut-down",
        scene => Task.CompletedTask,
        maintenance => maintenance.GracefulShutdown(Drains.Under(policy => policy with { StaysDown = VirtualMachineTreatment.ShutDownUntilReturn })),
        async (scene, again) =>
        {
            (await scene.FinishAsync(again)).EnsureSucceeded();
            scene.Cluster.Guests.On(KillScene.NodeName).Should().BeEmpty();
            await ReturnAsync(scene);
            await scene.Cluster.UntilAsync(() => scene.Cluster.Guests.Of("manual").Count == 1, "what was stopped runs again");
            Invariants.NoMachineIsForgotten(scene.Cluster, "moves", "restarts", "manual");
        });

    [Fact]
    public Task An_undo_that_dies_is_finished_by_the_way_back() => TryEveryPointAsync(
        "undo",
        scene => Task.CompletedTask,
        maintenance => maintenance.With(options => options with { OnFailure = UndoPolicy.Undo }).OpenWindow().Cordon()
            .ThenCall("fail", (_, _) => throw new ClusterException(ClusterErrorCause.Invalid, "cannot go on")),
        async (scene, _) =>
        {
            await ReturnAsync(scene);
            Invariants.NoMachineIsForgotten(scene.Cluster, "moves", "restarts", "manual");
        });

    [Fact]
    public Task A_resumed_drain_that_dies_too_is_finished_by_the_third() => TryEveryPointAsync(
        "resume",
        async scene =>
        {
            // The first run dies in the middle of its evictions.
            var first = scene.Runner("before");
            using var cancel = new CancellationTokenSource();
            var run = first.RunAsync(KillScene.Maintain().GracefulShutdown(Drains.OfAll), cancellationToken: cancel.Token);
            await scene.Cluster.UntilAsync(() => scene.Cluster.Requests.Of(subresource: "eviction").Count > 0, "it evicts");
            scene.Cluster.Faults.DropClient(userAgent: "before");
            await cancel.CancelAsync();
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        },
        maintenance => maintenance.GracefulShutdown(Drains.OfAll),
        async (scene, again) =>
        {
            (await scene.FinishAsync(again)).EnsureSucceeded();
            await ReturnAsync(scene);
            Invariants.NoMachineIsForgotten(scene.Cluster, "moves", "restarts");
        });

    private static async Task ReturnAsync(KillScene scene) =>
        (await scene.Runner("return").RunAsync(KillScene.Maintain().ReturnToService())).EnsureSucceeded();

    private async Task TryEveryPointAsync(
        string procedure, Func<KillScene, Task> prepare, Func<NodeMaintenance, NodeMaintenance> compose, Func<KillScene, NodeMaintenance, Task> finish)
    {
        var points = 0;
        for (var point = 1; ; point += Stride)
        {
            var reached = false;
            foreach (var afterApplied in new[] { false, true })
            {
                await using var scene = await KillScene.StartAsync();
                await prepare(scene);
                var maintenance = compose(KillScene.Maintain());
                reached = await scene.RunAndKillAsync(maintenance, point, afterApplied);
                if (!reached)
                {
                    break;
                }

                try
                {
                    await finish(scene, maintenance);
                    Invariants.NoGuestRanTwice(scene.Cluster);
                    Invariants.NothingOfOtherNodesWasTouched(scene.Cluster);
                    Invariants.NothingOfOursIsLeft(scene.Cluster);
                    scene.ShouldBeAsBefore();
                }
                catch (Exception exception)
                {
                    throw new InvalidOperationException($"{procedure}, killed at request {point} {(afterApplied ? "after" : "before")} it was applied: {exception.Message}", exception);
                }

                points++;
            }

            if (!reached)
            {
                break;
            }
        }

        var line = $"{procedure}: kill points: {points}, ended right: {points}";
        output.WriteLine(line);
        // The runner shows a passing test's output to nobody; .ci/run prints this.
        await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, $"kill-points-{procedure}.txt"), line + "\n");
        points.Should().BeGreaterThan(2);
    }
}
