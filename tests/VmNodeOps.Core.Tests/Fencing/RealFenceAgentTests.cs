using System.Net;
using System.Net.Sockets;
using VmNodeOps.Tests.Recovery;
using VmNodeOps.Tests.Scenes;
using Xunit.Abstractions;

namespace VmNodeOps.Tests.Fencing;

/// <summary>fence_redfish as Debian ships it, against a device that keeps state, and a recovery that rests on it.</summary>
public sealed class RealFenceAgentTests(ITestOutputHelper output)
{
    [FenceAgentFact]
    public async Task Status_off_on_and_reboot_are_what_the_device_does()
    {
        await using var device = await RedfishDevice.StartAsync();
        var agent = new FenceAgent(device.Options());

        (await agent.ReadAsync(default)).State.Should().Be(PowerState.On);
        (await agent.SwitchAsync(PowerAction.Off, default)).Trouble.Should().BeNull();
        (await agent.ReadAsync(default)).State.Should().Be(PowerState.Off);
        (await agent.SwitchAsync(PowerAction.On, default)).Trouble.Should().BeNull();
        (await agent.SwitchAsync(PowerAction.Reboot, default)).Trouble.Should().BeNull();
        (await agent.ReadAsync(default)).State.Should().Be(PowerState.On);
        device.Resets.Should().Equal("ForceOff", "On", "ForceOff", "On");
    }

    [FenceAgentFact]
    public async Task A_node_that_is_cut_off_is_switched_off_confirmed_and_recovered_and_no_machine_runs_twice()
    {
        await using var scene = await CutOffAsync();
        await using var device = await RedfishDevice.StartAsync(scene.Cluster);
        scene.Cluster.Guests.On("node-1").Should().HaveCount(2, "the guests of a node that is cut off run on");

        var report = await RunAsync(scene, device.Options());

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Steps.Select(step => step.Step).Should().StartWith(["suspect-down", "safe-time", "blast-radius", "check-device", "open-window", "cordon", "fence", "confirm-down"]);
        report.Writes.Should().ContainSingle(write => write.Verb == "power-off").Which.Result.Should().Be(WriteResult.Accepted);
        device.Resets.Should().Equal("ForceOff");
        scene.Cluster.Host("node-1").HasPower.Should().BeFalse();
        scene.Cluster.Guests.Running.Select(guest => guest.Name).Should().BeEquivalentTo("db", "web");
        scene.Cluster.Guests.On("node-1").Should().BeEmpty();
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
        output.WriteLine(report.ToText());
    }

    [FenceAgentFact]
    public async Task Switched_on_afterwards_the_node_is_back_in_service()
    {
        await using var scene = await CutOffAsync();
        await using var device = await RedfishDevice.StartAsync(scene.Cluster);
        // What cut it off is mended by the time it boots.
        var mended = new Execution.TestStep("mend", (_, _) =>
        {
            scene.Cluster.ReconnectNode("node-1");
            return Task.FromResult(StepOutcome.Succeeded("the cable is in"));
        });

        var maintenance = NodeMaintenance.OnNode("node-1").FenceAndRecover(new PausedDevice(new FenceAgent(device.Options()), scene.Cluster.Time))
            .Then(mended).PowerOn(new PausedDevice(new FenceAgent(device.Options()), scene.Cluster.Time)).ReturnToService();
        var report = await scene.Trusting.RunAsync(maintenance);

        report.ShouldHave(MaintenanceResult.Succeeded);
        device.Resets.Should().Equal("ForceOff", "On");
        scene.Ready("node-1").Should().Be("True");
        scene.IsCordoned("node-1").Should().BeFalse();
        scene.Cluster.Objects.Names("configmaps", ns: "vmnodeops").Should().BeEmpty("the window is closed");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [FenceAgentFact]
    public async Task A_wrong_password_is_told_as_such_and_not_tried_again()
    {
        await using var scene = await CutOffAsync();
        await using var device = await RedfishDevice.StartAsync(scene.Cluster);

        var report = await RunAsync(scene, device.Options("wr0ng-secret") with { Retries = 3 });

        Refused(scene, report, "FenceAccessDenied", "password are wrong");
        device.Requests.Should().ContainSingle("devices lock accounts");
        report.ToJson().Should().NotContain("wr0ng-secret");
    }

    [FenceAgentFact]
    public async Task A_device_that_does_not_answer_is_told_as_such()
    {
        await using var scene = await CutOffAsync();
        await using var device = await RedfishDevice.StartAsync(scene.Cluster);
        device.IsHung = true;

        var report = await RunAsync(scene, device.Options() with { Timeout = TimeSpan.FromSeconds(2), Retries = 1, RetryDelay = TimeSpan.Zero });

        Refused(scene, report, "FenceTimedOut", "did not answer to 'status' in time");
        report.Summary.Should().Contain("Tried 2 times");
    }

    [FenceAgentFact]
    public async Task A_device_that_cannot_be_reached_is_not_off()
    {
        await using var scene = await CutOffAsync();
        await using var device = await RedfishDevice.StartAsync(scene.Cluster);

        var report = await RunAsync(scene, device.Options(port: NobodysPort()));

        Refused(scene, report, "FenceUnreachable", "cannot be reached");
        report.Summary.Should().Contain("That is not off");
    }

    [FenceAgentFact]
    public async Task A_device_whose_certificate_is_not_trusted_is_told_as_such()
    {
        await using var scene = await CutOffAsync();
        await using var device = await RedfishDevice.StartAsync(scene.Cluster);
        var options = device.Options();

        var report = await RunAsync(scene, options with { Parameters = options.Parameters.Where(one => one.Key != "ssl_insecure").ToDictionary() });

        Refused(scene, report, "FenceUnreachable", "certificate is not trusted");
    }

    [FenceAgentFact]
    public async Task A_machine_that_is_still_on_is_told_as_such()
    {
        await using var scene = await CutOffAsync();
        await using var device = await RedfishDevice.StartAsync(scene.Cluster);
        device.IsStuck = true;

        var report = await RunAsync(scene, device.Options(), options => options with { Fence = new FenceOptions { ConfirmTimeout = TimeSpan.Zero } });

        Refused(scene, report, "FenceStillOn", "the machine is still on", hasBegun: true);
        device.Resets.Should().Equal("ForceOff");
        report.Writes.Should().ContainSingle(write => write.Verb == "power-off");
    }

    [Fact]
    public async Task A_fence_agent_that_is_not_there_is_told_with_how_to_get_it()
    {
        await using var scene = await CutOffAsync();

        var report = await RunAsync(scene, new FenceAgentOptions { Program = "fence_of_nobody" });

        Refused(scene, report, "FenceAgentMissing", "fence_of_nobody cannot be run");
        report.Summary.Should().Contain("fence-agents");
    }

    [FenceAgentFact]
    public async Task A_parameter_that_the_agent_does_not_know_is_refused_before_anything_is_switched()
    {
        await using var scene = await CutOffAsync();
        await using var device = await RedfishDevice.StartAsync(scene.Cluster);
        var options = device.Options();

        var report = await RunAsync(scene, options with { Parameters = new Dictionary<string, string>(options.Parameters) { ["plgu"] = "7" } });

        Refused(scene, report, "FenceMisconfigured", "'plgu'");
        device.Resets.Should().BeEmpty();
    }

    [FenceAgentFact]
    public async Task A_device_of_another_machine_is_found_out_when_the_node_stays_Ready()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()));
        await using var device = await RedfishDevice.StartAsync(scene.Cluster, "node-3");

        var report = await RunAsync(scene, device.Options(), options => options with { Fence = new FenceOptions { EvenIfNodeLives = true } });

        report.ShouldHave(MaintenanceResult.Blocked);
        report.Steps.Should().Contain(step => step.Outcome.Code == "FenceOfAnotherMachine");
        report.Summary.Should().Contain("switches another machine");
        scene.LaunchersOn("node-1").Should().HaveCount(1);
    }

    private static void Refused(Scene scene, MaintenanceReport report, string code, string text, bool hasBegun = false)
    {
        report.ShouldHave(MaintenanceResult.Blocked);
        report.Steps.Should().ContainSingle(step => step.Outcome.Code.Length > 0).Which.Outcome.Code.Should().Be(code, report.ToText());
        report.Summary.Should().Contain(text).And.Contain("nothing was force-deleted or detached");
        report.ToJson().Should().NotContain(RedfishDevice.Password);
        scene.LaunchersOn("node-1").Should().HaveCount(2);
        scene.Attachments("node-1").Should().HaveCount(2);
        scene.OurWrites().Should().NotContain(write => write.Verb == "delete");
        scene.OurWrites().Any().Should().Be(hasBegun, "nothing is changed before the device has answered");
        scene.Cluster.Guests.On("node-1").Should().HaveCount(2, "its guests run on");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    private static Task<MaintenanceReport> RunAsync(
        Scene scene, FenceAgentOptions options, Func<FenceAndRecoverOptions, FenceAndRecoverOptions>? change = null) =>
        scene.Trusting.RunAsync(NodeMaintenance.OnNode("node-1").FenceAndRecover(new PausedDevice(new FenceAgent(options), scene.Cluster.Time), change));

    private static async Task<Scene> CutOffAsync()
    {
        var scene = await Scene.StartAsync(cluster => cluster
            .WithVirtualMachine("db", vm => vm.On("node-1").WithDisk())
            .WithVirtualMachine("web", vm => vm.On("node-1").WithDisk()));
        scene.Cluster.CutOffNode("node-1");
        await scene.IsSilentAsync("node-1");
        return scene;
    }

    private static string NobodysPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
