using VmNodeOps.Testing;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Recovery;

public sealed class RecoverFromCrashTests
{
    [Fact]
    public async Task Machines_come_back_as_their_run_strategies_say()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster
            .WithNodes("worker-1", "worker-2", "worker-3")
            .WithVirtualMachine("always", vm => vm.On("worker-1").WithDisk())
            .WithVirtualMachine("migratable", vm => vm.On("worker-1").LiveMigrate().WithDisk(shared: true))
            .WithVirtualMachine("rerun", vm => vm.On("worker-1").Run(SimulatedRunStrategy.RerunOnFailure).WithDisk())
            .WithVirtualMachine("manual", vm => vm.On("worker-1").Run(SimulatedRunStrategy.Manual))
            .WithVirtualMachine("once", vm => vm.On("worker-1").Run(SimulatedRunStrategy.Once))
            .WithVirtualMachine("bare", vm => vm.On("worker-1").Standalone())
            .WithVirtualMachine("other", vm => vm.On("worker-2").WithDisk()));
        await scene.CrashAsync("worker-1");

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("worker-1"));

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Outcomes().Should().BeEquivalentTo(new Dictionary<string, VirtualMachineOutcome>
        {
            ["always"] = VirtualMachineOutcome.Restarted,
            ["bare"] = VirtualMachineOutcome.Lost,
            ["manual"] = VirtualMachineOutcome.StaysDown,
            ["migratable"] = VirtualMachineOutcome.Restarted,
            ["once"] = VirtualMachineOutcome.StaysDown,
            ["rerun"] = VirtualMachineOutcome.Restarted,
        });
        scene.Cluster.Guests.Running.Select(guest => guest.Name).Should().BeEquivalentTo("always", "migratable", "rerun", "other");
        scene.Cluster.Guests.On("worker-1").Should().BeEmpty();
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
        scene.LaunchersOn("worker-1").Should().BeEmpty();
        scene.Attachments("worker-1").Should().BeEmpty();
        report.Writes.Where(write => write.Verb is "force-delete" or "detach").Should().OnlyContain(write => write.Evidence!.Contains("ops@example.com"));
    }

    [Fact]
    public async Task Events_on_node_and_machines_say_on_whose_word_and_what_became_of_them()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster
            .WithNodes("worker-1", "worker-2", "worker-3")
            .WithVirtualMachine("always", vm => vm.On("worker-1").WithDisk())
            .WithVirtualMachine("bare", vm => vm.On("worker-1").Standalone())
            .WithVirtualMachine("other", vm => vm.On("worker-2").WithDisk()));
        await scene.CrashAsync("worker-1");

        (await scene.Runner.RunAsync(Crashes.RecoveryOf("worker-1"))).ShouldHave(MaintenanceResult.Succeeded);

        var ours = scene.Cluster.Objects.List("events").Where(happening => ((string?)happening["source"]?["component"] ?? (string?)happening["reportingComponent"]) == "vmnodeops").ToList();
        ours.Select(happening => $"{happening["involvedObject"]!["kind"]}/{happening["involvedObject"]!["name"]} {happening["type"]} {happening["reason"]}").Should().BeEquivalentTo(
            "Node/worker-1 Warning ConfirmedDown",
            "Node/worker-1 Normal Recovered",
            "VirtualMachine/always Normal ReleasedFromDeadNode",
            "VirtualMachineInstance/bare Warning ReleasedFromDeadNode");
        ours.Single(happening => (string)happening["reason"]! == "ConfirmedDown")["message"]!.GetValue<string>().Should().Contain("ops@example.com").And.Contain("PSU burnt");
        ours.Single(happening => (string)happening["involvedObject"]!["name"]! == "always")["message"]!.GetValue<string>().Should().Contain("PSU burnt").And.MatchRegex("Runs on worker-[23] now; was away for [0-9]+ s");
    }

    [Fact]
    public async Task A_node_that_is_Ready_is_not_written_to()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithVirtualMachine("db", vm => vm.On("node-1")));

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        report.ShouldHave(MaintenanceResult.Refused);
        report.Summary.Should().Contain("node-1 is Ready").And.Contain("Drain it instead");
        scene.OurWrites().Should().BeEmpty();
    }

    [Fact]
    public async Task Both_replicas_of_the_control_plane_were_on_the_node()
    {
        await using var scene = await Scene.StartAsync(cluster => (cluster with { KubeVirtNodes = ["node-1"] })
            .WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()));
        await scene.CrashAsync("node-1");
        // Where the scheduler may put the new ones is the installation's affair; here it may be anywhere.
        scene.LetKubeVirtRunAnywhere();

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        report.ShouldHave(MaintenanceResult.Succeeded);
        var writes = scene.OurWrites();
        writes.Last(write => write.Namespace == "kubevirt").Number.Should().BeLessThan(
            writes.First(write => write.Resource == "pods" && write.Namespace == "default").Number, "nothing is destroyed before KubeVirt serves");
        scene.Cluster.Guests.Of("db").Should().ContainSingle().Which.Node.Should().NotBe("node-1");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task Nothing_of_a_node_with_a_like_name_is_touched()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster
            .WithNodes("1.1.1.21", "1.1.1.211", "1.1.1.2")
            .WithVirtualMachine("a", vm => vm.On("1.1.1.21").WithDisk())
            .WithVirtualMachine("b", vm => vm.On("1.1.1.211").WithDisk())
            .WithVirtualMachine("c", vm => vm.On("1.1.1.2").WithDisk()));
        var others = scene.Attachments("1.1.1.211").Concat(scene.Attachments("1.1.1.2")).ToList();
        var launchers = scene.LaunchersOn("1.1.1.211").Concat(scene.LaunchersOn("1.1.1.2")).ToList();
        await scene.CrashAsync("1.1.1.21");

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("1.1.1.21"));

        report.ShouldHave(MaintenanceResult.Succeeded);
        others.Should().HaveCount(2);
        scene.Attachments("1.1.1.211").Concat(scene.Attachments("1.1.1.2")).Should().Contain(others);
        scene.LaunchersOn("1.1.1.211").Concat(scene.LaunchersOn("1.1.1.2")).Should().Contain(launchers);
        scene.OurWrites().Select(write => write.Name).Should().NotContain(others).And.NotContain(launchers);
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task The_node_stays_cordoned_until_it_is_returned_to_service_unless_one_wants_otherwise()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithVirtualMachine("db", vm => vm.On("node-1")).WithVirtualMachine("web", vm => vm.On("node-2")));
        await scene.CrashAsync("node-1");
        (await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"))).ShouldHave(MaintenanceResult.Succeeded);
        scene.IsCordoned("node-1").Should().BeTrue();

        scene.Cluster.PowerOnNode("node-1");
        (await scene.Runner.RunAsync(NodeMaintenance.OnNode("node-1").ReturnToService())).ShouldHave(MaintenanceResult.Succeeded);
        scene.IsCordoned("node-1").Should().BeFalse();

        await scene.CrashAsync("node-2");
        (await scene.Runner.RunAsync(Crashes.RecoveryOf("node-2", options => options with { Cordon = false }))).ShouldHave(MaintenanceResult.Succeeded);
        scene.IsCordoned("node-2").Should().BeFalse();
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task Planning_writes_nothing_and_tells_what_would_happen()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()));
        await scene.CrashAsync("node-1");

        var plan = await scene.Runner.PlanAsync(Crashes.RecoveryOf("node-1"));

        scene.OurWrites().Should().BeEmpty();
        plan.IsRefused.Should().BeFalse();
        plan.Steps.Select(step => step.Step).Should().Equal(
            "blast-radius", "confirm-down", "open-window", "cordon", "restore-kubevirt", "release-machines", "release-volumes", "settle-machines", "verify-elsewhere", "verify-volumes");
        plan.Steps.SelectMany(step => step.Actions).Should().Contain(action => action.Kind == ActionKind.ForceDelete && action.Fate == VirtualMachineFate.RestartsElsewhere)
            .And.Contain(action => action.Kind == ActionKind.Detach);
    }

    [Fact]
    public async Task A_plan_is_refused_when_the_node_is_back()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()));
        await scene.CrashAsync("node-1");
        var maintenance = Crashes.RecoveryOf("node-1");
        var plan = await scene.Runner.PlanAsync(maintenance);
        scene.Cluster.PowerOnNode("node-1");
        await scene.Cluster.UntilAsync(() => scene.Ready("node-1") == "True", "node-1 is back");

        var report = await scene.Runner.RunAsync(maintenance, plan);

        report.ShouldHave(MaintenanceResult.Refused);
        report.Summary.Should().Contain("boot id").And.Contain("Ready");
        scene.OurWrites().Should().BeEmpty();
    }
}
