using VmNodeOps.Cluster;
using VmNodeOps.Tests.Recovery;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Fencing;

/// <summary>When a node's machine is switched off, and what follows only then.</summary>
public sealed class FenceStepTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_that_is_Ready_is_not_switched_off_unless_told_by_that_name(bool evenIfNodeLives)
    {
        await using var scene = await SceneAsync();
        var device = DeviceOf(scene);

        var report = await scene.Trusting.RunAsync(Fencing(device, options => options with { Fence = options.Fence with { EvenIfNodeLives = evenIfNodeLives } }));

        if (evenIfNodeLives)
        {
            report.ShouldHave(MaintenanceResult.Succeeded);
            device.Switched.Should().Equal(PowerAction.Off);
            report.Steps.Single(step => step.Step == "fence").Duration.Should().BeGreaterThan(TimeSpan.FromSeconds(20), "the node's silence is awaited");
            report.Findings.Should().Contain(finding => finding.Code == "NodeIsReady" && finding.Severity == FindingSeverity.Warning);
        }
        else
        {
            report.ShouldHave(MaintenanceResult.Refused);
            device.Switched.Should().BeEmpty();
            scene.OurWrites().Should().BeEmpty();
        }

        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_node_that_comes_back_within_the_safe_time_is_left_alone()
    {
        await using var scene = await SceneAsync();
        scene.Cluster.CutOffNode("node-1");
        await scene.IsSilentAsync("node-1");
        var device = DeviceOf(scene);
        var run = scene.Trusting.RunAsync(Fencing(device, options => options with { SafeTime = TimeSpan.FromMinutes(2) }));
        await scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(1));
        scene.Cluster.ReconnectNode("node-1");

        var report = await run;

        report.ShouldHave(MaintenanceResult.Blocked);
        report.Summary.Should().Contain("step safe-time").And.Contain("came back");
        device.Switched.Should().BeEmpty();
        scene.OurWrites().Should().BeEmpty();
    }

    [Fact]
    public async Task A_node_that_says_itself_that_it_is_not_Ready_is_not_suspect()
    {
        await using var scene = await SceneAsync();
        scene.Cluster.Objects.Change("nodes", "node-1", node => node["metadata"]!["annotations"]!["test"] = "x", ns: null);
        await scene.CrashAsync("node-1");
        scene.Cluster.Objects.Change(
            "nodes", "node-1", node =>
            {
                var ready = node["status"]!["conditions"]!.AsArray().First(condition => (string)condition!["type"]! == "Ready")!;
                var now = scene.Cluster.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
                (ready["status"], ready["lastHeartbeatTime"], ready["lastTransitionTime"]) = ("False", now, now);
            },
            ns: null);
        var device = DeviceOf(scene);

        var report = await scene.Trusting.RunAsync(Fencing(device, options => options with { SuspicionPatience = TimeSpan.FromSeconds(10) }));

        report.ShouldHave(MaintenanceResult.Refused);
        report.Summary.Should().Contain("its kubelet lived");
        device.Switched.Should().BeEmpty();
    }

    [Fact]
    public async Task A_lost_answer_does_not_matter_when_the_device_says_off_afterwards()
    {
        await using var scene = await SceneAsync();
        await scene.CrashAsync("node-1");
        var device = DeviceOf(scene);
        device.OnSwitch = _ =>
        {
            device.State = PowerState.Off;
            return PowerAnswer.Failed(FenceTroubleKind.TimedOut, "no answer in time");
        };

        var report = await scene.Trusting.RunAsync(Fencing(device));

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Writes.Single(write => write.Verb == "power-off").Result.Should().Be(WriteResult.Unknown);
        scene.Cluster.Guests.Running.Should().HaveCount(1);
    }

    [Fact]
    public async Task Off_is_believed_only_when_the_device_says_so_afterwards()
    {
        await using var scene = await SceneAsync();
        await scene.CrashAsync("node-1");
        var device = new TestDevice { OnSwitch = _ => PowerAnswer.Of(PowerState.Off) };

        var report = await scene.Trusting.RunAsync(Fencing(device));

        report.ShouldHave(MaintenanceResult.Blocked);
        report.Steps.Should().Contain(step => step.Outcome.Code == "FenceStillOn");
        scene.LaunchersOn("node-1").Should().HaveCount(1);
    }

    [Fact]
    public async Task A_device_that_was_off_already_is_not_switched()
    {
        await using var scene = await SceneAsync();
        await scene.CrashAsync("node-1");
        var device = new TestDevice { State = PowerState.Off };

        var report = await scene.Trusting.RunAsync(Fencing(device));

        report.ShouldHave(MaintenanceResult.Succeeded);
        device.Switched.Should().BeEmpty();
        report.Steps.Single(step => step.Step == "fence").Outcome.Message.Should().Contain("off already");
    }

    [Fact]
    public async Task A_machine_that_is_switched_on_again_in_the_middle_stops_the_recovery()
    {
        await using var scene = await SceneAsync();
        scene.Cluster.CutOffNode("node-1");
        await scene.IsSilentAsync("node-1");
        var device = DeviceOf(scene);
        var reads = 0;
        device.OnRead = () =>
        {
            // Before, after, and then for the evidence: by then somebody has pressed the button.
            if (++reads == 4)
            {
                device.State = PowerState.On;
            }

            return PowerAnswer.Of(device.State);
        };

        var report = await scene.Trusting.RunAsync(Fencing(device));

        report.ShouldHave(MaintenanceResult.Blocked);
        report.Summary.Should().Contain("step confirm-down").And.Contain("says that the machine is on");
        scene.LaunchersOn("node-1").Should().HaveCount(1);
    }

    [Fact]
    public async Task A_device_of_the_embedding_program_is_refused_before_it_switches_unless_it_is_trusted()
    {
        await using var scene = await SceneAsync();
        await scene.CrashAsync("node-1");
        var device = DeviceOf(scene);

        var report = await scene.Runner.RunAsync(Fencing(device).With(options => options with { StrongestForeignEvidence = EvidenceStrength.Strong }));

        report.ShouldHave(MaintenanceResult.Refused);
        report.Summary.Should().Contain("StrongestForeignEvidence");
        device.Switched.Should().BeEmpty();
    }

    [Fact]
    public async Task Nothing_is_switched_while_another_actor_holds_the_node()
    {
        await using var scene = await SceneAsync();
        await scene.CrashAsync("node-1");
        await scene.Client.Namespaces.CreateAsync("medik8s-leases");
        await scene.Client.Leases.CreateAsync(new LeaseDraft
        {
            Name = new ObjectName("medik8s-leases", "node-node-1"),
            HolderIdentity = "node-maintenance",
            Duration = TimeSpan.FromHours(1),
            AcquiredAt = await scene.Client.Server.GetTimeAsync(),
        });
        var device = DeviceOf(scene);

        var report = await scene.Trusting.RunAsync(Fencing(device));

        report.ShouldHave(MaintenanceResult.HeldByAnother);
        device.Switched.Should().BeEmpty();
    }

    [Fact]
    public async Task The_plan_tells_that_the_machine_is_switched_off()
    {
        await using var scene = await SceneAsync();
        await scene.CrashAsync("node-1");
        var device = DeviceOf(scene);

        var plan = await scene.Trusting.PlanAsync(Fencing(device, options => options with { PowerOnAfterwards = true }));

        plan.IsRefused.Should().BeFalse(plan.ToText());
        plan.Steps.SelectMany(step => step.Actions).Select(action => action.Kind).Should().Contain([ActionKind.PowerOff, ActionKind.PowerOn]);
        plan.ToText().Should().Contain("switch off the machine of node node-1 by a device of the test");
        device.Switched.Should().BeEmpty();
        scene.OurWrites().Should().BeEmpty();
    }

    [Fact]
    public async Task Switched_on_afterwards_the_node_is_returned_to_service()
    {
        await using var scene = await SceneAsync();
        await scene.CrashAsync("node-1");
        var device = DeviceOf(scene);

        var report = await scene.Trusting.RunAsync(Fencing(device, options => options with { PowerOnAfterwards = true }));

        report.ShouldHave(MaintenanceResult.Succeeded);
        device.Switched.Should().Equal(PowerAction.Off, PowerAction.On);
        scene.Ready("node-1").Should().Be("True");
        scene.IsCordoned("node-1").Should().BeFalse();
        scene.Cluster.Objects.Names("configmaps", ns: "vmnodeops").Should().BeEmpty();
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    private static NodeMaintenance Fencing(IFenceDevice device, Func<FenceAndRecoverOptions, FenceAndRecoverOptions>? change = null) =>
        NodeMaintenance.OnNode("node-1").FenceAndRecover(device, change);

    /// <summary>The power switch of node-1's machine.</summary>
    private static TestDevice DeviceOf(Scene scene)
    {
        var device = new TestDevice();
        device.OnSwitch = action =>
        {
            device.State = action == PowerAction.Off ? PowerState.Off : PowerState.On;
            if (action == PowerAction.Off)
            {
                scene.Cluster.CrashNode("node-1");
            }
            else
            {
                scene.Cluster.PowerOnNode("node-1");
            }

            return PowerAnswer.Of(device.State);
        };
        return device;
    }

    private static Task<Scene> SceneAsync() => Scene.StartAsync(cluster => cluster.WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()));
}
