using VmNodeOps.Testing;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Recovery;

/// <summary>Machines that ran on the dead node and that nothing would start again.</summary>
public sealed class StartWhatStaysDownTests
{
    [Fact]
    public async Task What_ran_on_the_node_and_can_be_started_is_and_the_rest_is_named()
    {
        await using var scene = await StartAsync();
        // Somebody tries it with stop and start while the node is dead: the stop hangs. Stamps count whole seconds.
        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromSeconds(5));
        await scene.Client.VirtualMachines.SetRunStrategyAsync(await IdentityAsync(scene, "halted-after"), VmNodeOps.Cluster.RunStrategy.Halted);
        await scene.Cluster.UntilAsync(() => scene.Cluster.Objects.Text("virtualmachineinstances", "halted-after", "metadata.deletionTimestamp") is not null, "its instance hangs in deletion");

        var report = await scene.Runner.RunAsync(Recovery());

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Outcomes().Should().BeEquivalentTo(new Dictionary<string, VirtualMachineOutcome>
        {
            ["always"] = VirtualMachineOutcome.Restarted,
            ["manual"] = VirtualMachineOutcome.Restarted,
            ["halted-after"] = VirtualMachineOutcome.Restarted,
            ["once"] = VirtualMachineOutcome.StaysDown,
            ["bare"] = VirtualMachineOutcome.Lost,
        });
        scene.Cluster.Requests.Of("update", "virtualmachines", "start").Select(request => request.Name).Should().BeEquivalentTo("manual", "halted-after");
        RunStrategies(scene).Should().BeEquivalentTo(new Dictionary<string, string> { ["always"] = "Always", ["manual"] = "Manual", ["halted-after"] = "Always", ["once"] = "Once", ["rerun"] = "RerunOnFailure" });
        report.Findings.Select(finding => finding.Message).Should().ContainSingle(message => message.Contains("VM default/once")).And.NotContain(message => message.Contains("VM default/manual"));
        scene.Cluster.Guests.Running.Select(guest => guest.Name).Should().BeEquivalentTo("always", "manual", "halted-after", "rerun");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task What_was_halted_before_the_crash_is_left_as_its_owner_wants_it()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithNodes("node-1", "node-2", "node-3")
            .WithVirtualMachine("halted", vm => vm.On("node-1").Behave(guest => guest with { ShutdownDuration = TimeSpan.FromHours(1) }) with { TerminationGracePeriod = TimeSpan.FromHours(1) })
            .WithVirtualMachine("manual", vm => vm.On("node-1").Run(SimulatedRunStrategy.Manual)));
        await scene.Client.VirtualMachines.SetRunStrategyAsync(await IdentityAsync(scene, "halted"), VmNodeOps.Cluster.RunStrategy.Halted);
        await scene.Cluster.UntilAsync(() => scene.Cluster.Objects.Text("virtualmachineinstances", "halted", "metadata.deletionTimestamp") is not null, "it is asked to stop");
        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(2));
        await scene.CrashAsync("node-1");

        var report = await scene.Runner.RunAsync(Recovery());

        report.ShouldHave(MaintenanceResult.Succeeded);
        scene.Cluster.Requests.Of("update", "virtualmachines", "start").Select(request => request.Name).Should().BeEquivalentTo("manual");
        scene.Cluster.Guests.Running.Select(guest => guest.Name).Should().BeEquivalentTo("manual");
    }

    [Fact]
    public async Task A_run_without_it_names_the_call_and_a_later_one_with_it_makes_it_once_and_no_more()
    {
        await using var scene = await StartAsync();

        var without = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));
        var with = await scene.Runner.RunAsync(Recovery());
        var ran = scene.Cluster.Guests.Of("manual").Count;
        await scene.Client.VirtualMachines.StopAsync(new VmNodeOps.Cluster.ObjectName("default", "manual"));
        await scene.Cluster.UntilAsync(() => scene.Cluster.Guests.Of("manual").Count == 0, "its owner has stopped it");
        var again = await scene.Runner.RunAsync(Recovery());

        without.ShouldHave(MaintenanceResult.Succeeded);
        without.Findings.Should().Contain(finding => finding.Lift.Contains("virtctl start -n default manual"));
        with.ShouldHave(MaintenanceResult.Succeeded);
        ran.Should().Be(1);
        again.ShouldHave(MaintenanceResult.Succeeded);
        scene.Cluster.Requests.Of("update", "virtualmachines", "start").Where(request => request.Name == "manual").Should().HaveCount(1, "a stop that came after is not undone");
        scene.Cluster.Guests.Of("manual").Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_that_dies_at_the_start_is_gone_on_with_and_nothing_is_started_twice_or_forgotten(bool wasApplied)
    {
        await using var scene = await StartAsync();
        using var death = new CancellationTokenSource();
        scene.Cluster.Faults.Add(new FaultRule
        {
            Verb = "update", Resource = "virtualmachines", Subresource = "start", Times = 1, Effect = wasApplied ? FaultEffect.NoAnswer() : FaultEffect.CutBefore(),
        });
        var dying = scene.Runner.RunAsync(Recovery(), cancellationToken: death.Token);
        await scene.Cluster.UntilAsync(() => scene.Cluster.Requests.Of("update", "virtualmachines", "start").Count > 0, "the start is asked for");
        await death.CancelAsync();
        await FluentActions.Awaiting(() => dying).Should().ThrowAsync<MaintenanceCanceledException>();

        var report = await scene.Runner.RunAsync(Recovery());

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Outcomes()["manual"].Should().Be(VirtualMachineOutcome.Restarted);
        scene.Cluster.Requests.Of("update", "virtualmachines", "start").Where(request => request is { Name: "manual", Applied: true, StatusCode: < 300 }).Should().HaveCountLessThanOrEqualTo(1);
        scene.Cluster.Guests.History.Where(guest => guest.Name == "manual" && guest.Node != "node-1").Should().ContainSingle("one start, one guest");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    private static NodeMaintenance Recovery() => Crashes.RecoveryOf("node-1", options => options with { StartWhatStaysDown = true });

    private static async Task<VmNodeOps.Cluster.ObjectIdentity> IdentityAsync(Scene scene, string name) =>
        (await scene.Client.VirtualMachines.FindAsync(new VmNodeOps.Cluster.ObjectName("default", name)))!.Identity;

    private static Dictionary<string, string> RunStrategies(Scene scene) => scene.Cluster.Objects.List("virtualmachines", "default")
        .ToDictionary(machine => (string)machine["metadata"]!["name"]!, machine => (string)machine["spec"]!["runStrategy"]!);

    private static async Task<Scene> StartAsync()
    {
        var scene = await Scene.StartAsync(cluster => cluster.WithNodes("node-1", "node-2", "node-3")
            .WithVirtualMachine("always", vm => vm.On("node-1"))
            .WithVirtualMachine("manual", vm => vm.On("node-1").Run(SimulatedRunStrategy.Manual))
            .WithVirtualMachine("halted-after", vm => vm.On("node-1"))
            .WithVirtualMachine("once", vm => vm.On("node-1").Run(SimulatedRunStrategy.Once))
            .WithVirtualMachine("bare", vm => vm.On("node-1").Standalone())
            .WithVirtualMachine("rerun", vm => vm.On("node-2").Run(SimulatedRunStrategy.RerunOnFailure)));
        await scene.CrashAsync("node-1");
        return scene;
    }
}
