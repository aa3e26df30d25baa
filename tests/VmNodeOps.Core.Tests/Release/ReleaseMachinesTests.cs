using VmNodeOps.Tests.Recovery;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Release;

public sealed class ReleaseMachinesTests
{
    [Fact]
    public async Task A_migration_whose_target_was_on_the_node_leaves_the_machine_running_and_free_to_migrate_again()
    {
        await using var scene = await MigratingAsync();
        await scene.CrashAsync("node-2");

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-2"));

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.VirtualMachines.Should().BeEmpty("the machine was never away");
        scene.LaunchersOn("node-2").Should().BeEmpty();
        scene.Cluster.Guests.Of("db").Should().ContainSingle().Which.Node.Should().NotBe("node-2");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_migration_whose_source_was_on_the_node_ends_with_the_machine_started_anew()
    {
        await using var scene = await MigratingAsync();
        await scene.CrashAsync("node-1");

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Outcomes().Should().Equal(new Dictionary<string, VirtualMachineOutcome> { ["db"] = VirtualMachineOutcome.Restarted });
        scene.Cluster.Guests.Of("db").Should().ContainSingle().Which.Node.Should().NotBe("node-1");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task Machines_of_which_KubeVirt_has_not_noticed_are_touched()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster
            .WithVirtualMachine("db", vm => vm.On("node-1").WithDisk())
            .WithVirtualMachine("web", vm => vm.On("node-1")));
        await scene.CrashAsync("node-1");
        // Somebody removed the pods while virt-api was away, for so long that KubeVirt's own pauses have grown.
        scene.Cluster.StopVirtApi();
        foreach (var pod in scene.LaunchersOn("node-1"))
        {
            scene.Cluster.Objects.Delete("pods", pod, force: true);
        }

        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(13));
        scene.Cluster.StartVirtApi();
        var begun = scene.Cluster.Time.GetUtcNow();

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Outcomes().Values.Should().OnlyContain(outcome => outcome == VirtualMachineOutcome.Restarted);
        report.Writes.Where(write => write.Verb == "touch").Should().NotBeEmpty().And.OnlyContain(write => write.Evidence != null);
        (scene.Cluster.Time.GetUtcNow() - begun).Should().BeLessThan(TimeSpan.FromMinutes(2));
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task Virt_api_that_goes_in_the_middle_for_a_minute_delays_and_harms_nothing()
    {
        await using var scene = await Scene.StartAsync(cluster => Enumerable.Range(1, 10).Aggregate(
            cluster.WithNodes("node-1", "node-2", "node-3"), (builder, number) => builder.WithVirtualMachine($"vm-{number}", vm => vm.On("node-1").WithDisk())));
        await scene.CrashAsync("node-1");
        var outage = new Execution.TestStep("outage", (_, _) =>
        {
            scene.Cluster.StopVirtApi();
            _ = BringBackAsync(scene);
            return Task.FromResult(StepOutcome.Succeeded("virt-api is away"));
        });

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNode("node-1").ConfirmNodeIsDown(Crashes.Operator).RestoreKubeVirt().Then(outage)
            .ReleaseVirtualMachines().ReleaseVolumes().SettleVirtualMachines().WaitUntilVirtualMachinesRunElsewhere());

        report.ShouldHave(MaintenanceResult.Succeeded);
        scene.Cluster.Guests.Running.Should().HaveCount(10).And.OnlyContain(guest => guest.Node != "node-1");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();

        static async Task BringBackAsync(Scene scene)
        {
            await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(1));
            scene.Cluster.StartVirtApi();
        }
    }

    private static async Task<Scene> MigratingAsync()
    {
        var scene = await Scene.StartAsync(cluster => cluster
            .WithNodes("node-1", "node-2", "node-3")
            .WithVirtualMachine("db", vm => vm.On("node-1").LiveMigrate().WithDisk(shared: true).Behave(guest => guest with { MigrationDuration = TimeSpan.FromHours(1) })));
        scene.Cluster.SetUnschedulable("node-3");
        await scene.Client.Migrations.CreateAsync(new VmNodeOps.Cluster.ObjectName("default", "db"));
        await scene.Cluster.UntilAsync(
            () => scene.Cluster.Objects.Text("virtualmachineinstances", "db", "status.migrationState.startTimestamp") is not null, "the migration runs");
        scene.Cluster.SetUnschedulable("node-3", unschedulable: false);
        scene.Cluster.Requests.Clear();
        return scene;
    }
}
