using VmNodeOps.Testing;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Eviction;

public sealed class EvacuationUndoTests
{
    private static readonly NodeMaintenance Shutdown = NodeMaintenance.OnNode("worker-1")
        .With(options => options with { OnFailure = UndoPolicy.Undo })
        .GracefulShutdown(drain => drain with { Policy = drain.Policy with { StaysDown = VirtualMachineTreatment.ShutDownThenStart } });

    [Fact]
    public async Task A_drain_cancelled_in_the_middle_leaves_no_mark_and_no_migration_and_everything_as_it_was()
    {
        await using var scene = await StartAsync(KubeVirtProfile.Version19);
        var labels = scene.Cluster.Objects.Get("nodes", "worker-1")!["metadata"]!["labels"]!.ToJsonString();

        var report = await CancelInTheMiddleAsync(scene);

        report.Result.Should().Be(MaintenanceResult.Cancelled);
        report.Steps.Where(step => step.Undo is not null).Select(step => (step.Step, step.Undo!.Result)).Should().Equal(
            ("open-window", StepResult.Succeeded), ("cordon", StepResult.Succeeded), ("shut-down", StepResult.Succeeded), ("drain", StepResult.Succeeded));
        Marked(scene.Cluster).Should().BeEmpty();
        Unfinished(scene.Cluster).Should().BeEmpty();
        scene.Cluster.Objects.Text("nodes", "worker-1", "spec.unschedulable").Should().BeNull();
        scene.Cluster.Objects.Get("nodes", "worker-1")!["metadata"]!["labels"]!.ToJsonString().Should().Be(labels);
        scene.Cluster.Objects.Names("configmaps", ns: "vmnodeops").Should().BeEmpty();
        await scene.Cluster.AdvanceAsync(TimeSpan.FromMinutes(10));
        Unfinished(scene.Cluster).Should().BeEmpty("nothing begins anew");
        scene.Cluster.Guests.On("worker-1").Where(guest => guest.Name.StartsWith("moves")).Should().HaveCount(6);
        scene.Cluster.Guests.Of("manual").Should().ContainSingle("what was stopped is started again");
        scene.Cluster.Objects.Text("virtualmachines", "manual", "spec.runStrategy").Should().Be("Manual");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task Before_KubeVirt_17_the_report_says_what_stays()
    {
        await using var scene = await StartAsync(KubeVirtProfile.Version13);

        var report = await CancelInTheMiddleAsync(scene);

        var undo = report.Steps.Single(step => step.Step == "drain").Undo!;
        undo.Code.Should().Be("EvacuationGoesOn");
        undo.Message.Should().Contain("KubeVirt v1.3.0").And.Contain("default/moves-1").And.Contain("virtctl restart");
        report.ToText().Should().Contain("Still marked to leave node worker-1");
        Marked(scene.Cluster).Should().NotBeEmpty("that is what the report says");
        scene.Cluster.Objects.Text("nodes", "worker-1", "spec.unschedulable").Should().BeNull();
        await scene.Cluster.UntilAsync(() => scene.Cluster.Guests.Of("manual").Count == 1, "what was stopped is started again");
    }

    [Fact]
    public async Task What_was_marked_before_the_drain_stays_marked()
    {
        await using var scene = await StartAsync(KubeVirtProfile.Version19);
        scene.Cluster.Objects.Change("virtualmachineinstances", "moves-1", json => json["status"]!["evacuationNodeName"] = "worker-1");
        await scene.Cluster.UntilAsync(() => Unfinished(scene.Cluster).Count > 0, "its evacuation has begun");

        await CancelInTheMiddleAsync(scene);

        Marked(scene.Cluster).Should().Equal("moves-1");
        Unfinished(scene.Cluster).Should().ContainSingle();
    }

    private static Task<Scene> StartAsync(KubeVirtProfile profile) => Scene.StartAsync(cluster => (cluster.WithNodes("worker-1", "worker-2", "worker-3") with { KubeVirt = profile })
        .WithVirtualMachine("manual", vm => vm.On("worker-1").Run(SimulatedRunStrategy.Manual))
        .WithVirtualMachines(Enumerable.Range(1, 6).Select(number => new SimulatedVirtualMachine { Name = $"moves-{number}" }
            .On("worker-1").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromMinutes(20) }))));

    private static async Task<MaintenanceReport> CancelInTheMiddleAsync(Scene scene)
    {
        using var cancel = new CancellationTokenSource();
        var run = scene.Runner.RunAsync(Shutdown, cancellationToken: cancel.Token);
        await scene.Cluster.UntilAsync(
            () => Marked(scene.Cluster).Count == 6 && scene.Cluster.Objects.Names("virtualmachineinstancemigrations", migration => (string?)migration["status"]?["phase"] == "Running").Count >= 1,
            "all are marked, and some migrate", TimeSpan.FromMinutes(15));
        await cancel.CancelAsync();
        return (await ((Func<Task>)(() => run)).Should().ThrowAsync<MaintenanceCanceledException>()).Which.Report!;
    }

    private static IReadOnlyList<string> Marked(SimulatedCluster cluster) =>
        cluster.Objects.Names("virtualmachineinstances", instance => (string?)instance["status"]?["evacuationNodeName"] is { Length: > 0 });

    private static IReadOnlyList<string> Unfinished(SimulatedCluster cluster) =>
        cluster.Objects.Names("virtualmachineinstancemigrations", migration => (string?)migration["status"]?["phase"] is not ("Succeeded" or "Failed"));
}
