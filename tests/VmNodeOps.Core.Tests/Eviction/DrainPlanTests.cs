using VmNodeOps.Testing;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Eviction;

public sealed class DrainPlanTests
{
    private static readonly NodeMaintenance Shutdown = NodeMaintenance.OnNode("worker-1").GracefulShutdown(Drains.OfAll);

    [Fact]
    public async Task A_plan_names_every_machine_with_its_fate_and_writes_nothing()
    {
        await using var scene = await StartAsync();

        var plan = await Shutdown.PlanAsync(scene.Client);

        scene.Cluster.Requests.Writes.Should().BeEmpty();
        plan.IsRefused.Should().BeFalse();
        plan.Steps.Select(step => step.Step).Should().Equal("open-window", "cordon", "drain", "verify-elsewhere");
        var drain = plan.Steps[2];
        drain.Actions.Should().OnlyContain(action => action.Kind == ActionKind.Evict && action.Target!.Uid.Length > 0);
        drain.Actions.Select(action => action.Fate).Should().BeEquivalentTo(
            new VirtualMachineFate?[] { VirtualMachineFate.Migrates, VirtualMachineFate.RestartsElsewhere, VirtualMachineFate.StaysDown });
        plan.Steps[3].Actions.Should().HaveCount(2, "two are to run elsewhere");
        MaintenancePlan.FromJson(plan.ToJson()).FindDrift(plan).Should().BeEmpty();
    }

    [Fact]
    public async Task A_plan_made_before_a_machine_moved_is_refused_with_what_changed()
    {
        await using var scene = await StartAsync();
        var plan = await scene.Runner.PlanAsync(Shutdown);
        await scene.Client.Migrations.CreateAsync(new VmNodeOps.Cluster.ObjectName("default", "migrates"));
        await scene.Cluster.UntilAsync(
            () => scene.Cluster.Guests.Of("migrates") is [{ Node: not "worker-1" }]
                && scene.Cluster.Objects.Text("virtualmachineinstances", "migrates", "status.nodeName") != "worker-1",
            "it has moved");
        scene.Cluster.Requests.Clear();

        var report = await scene.Runner.RunAsync(Shutdown, plan);

        report.Result.Should().Be(MaintenanceResult.Refused);
        report.Summary.Should().Contain("no longer to wait until VM default/migrates runs on another node");
        scene.Cluster.Requests.Writes.Should().BeEmpty();
        scene.Cluster.Guests.On("worker-1").Should().HaveCount(2);
    }

    [Fact]
    public async Task A_plan_that_still_holds_is_carried_out()
    {
        await using var scene = await StartAsync();
        var plan = MaintenancePlan.FromJson((await scene.Runner.PlanAsync(Shutdown)).ToJson());

        var report = await scene.Runner.RunAsync(Shutdown, plan);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
    }

    [Fact]
    public async Task A_run_that_is_cancelled_stops_within_a_second_and_tells_how_far_it_came()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithNodes("worker-1", "worker-2")
            .WithVirtualMachine("slow", vm => vm.On("worker-1").Behave(guest => guest with { ShutdownDuration = TimeSpan.FromSeconds(25) }))
            .WithVirtualMachine("moves", vm => vm.On("worker-1").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromMinutes(2) })));
        using var cancel = new CancellationTokenSource();
        var run = scene.Runner.RunAsync(Shutdown, cancellationToken: cancel.Token);
        await scene.Cluster.UntilAsync(() => scene.Cluster.Requests.Of("create", "pods", "eviction").Count(request => request.Ended is not null) == 2, "both were asked");

        DateTimeOffset cancelled;
        using (scene.Cluster.Time.Pause())
        {
            cancelled = scene.Cluster.Time.GetUtcNow();
            await cancel.CancelAsync();
        }

        var exception = (await ((Func<Task>)(() => run)).Should().ThrowAsync<MaintenanceCanceledException>()).Which;
        exception.Report!.Result.Should().Be(MaintenanceResult.Cancelled);
        (exception.Report.FinishedAt - cancelled).Should().BeLessThan(TimeSpan.FromSeconds(1));
        exception.Report.Summary.Should().Contain("VM default/slow").And.Contain("VM default/moves");
        exception.Report.Writes.Where(write => write.Verb is "cordon" or "evict").Should().HaveCount(3, "the cordon and two evictions");
        scene.Cluster.Requests.Clear();
        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(5));
        scene.Cluster.Requests.Total.Should().Be(0, "nothing of the run is left");
    }

    [Fact]
    public async Task One_configured_maintenance_serves_several_runs_at_once()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();

        var reports = await Task.WhenAll(first.Runner.RunAsync(Shutdown), second.Runner.RunAsync(Shutdown));

        reports.Should().OnlyContain(report => report.Succeeded && report.VirtualMachines.Count == 3);
        first.Cluster.Guests.On("worker-1").Should().BeEmpty();
        second.Cluster.Guests.On("worker-1").Should().BeEmpty();
    }

    [Fact]
    public async Task An_empty_node_is_done_at_once()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithNodes("worker-1", "worker-2"));

        var report = await scene.Runner.RunAsync(Shutdown);

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Steps.Select(step => step.Outcome.Result).Should().Equal(StepResult.Succeeded, StepResult.Succeeded, StepResult.Skipped, StepResult.Skipped);
    }

    private static Task<Scene> StartAsync() => Scene.StartAsync(cluster => cluster.WithNodes("worker-1", "worker-2", "worker-3")
        .WithVirtualMachine("migrates", vm => vm.On("worker-1").LiveMigrate())
        .WithVirtualMachine("restarts", vm => vm.On("worker-1"))
        .WithVirtualMachine("manual", vm => vm.On("worker-1").Run(SimulatedRunStrategy.Manual)));
}
