using VmNodeOps.Tests.Recovery;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Radius;

/// <summary>Several nodes fall silent at once.</summary>
public sealed class StormTests
{
    [Fact]
    public async Task A_network_that_is_down_is_not_answered_with_recoveries()
    {
        await using var scene = await StormAsync();

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        report.ShouldHave(MaintenanceResult.Refused);
        report.Summary.Should().Contain("2 of 5 nodes went down").And.Contain("node-2");
        scene.OurWrites().Should().BeEmpty();
    }

    [Fact]
    public async Task Named_together_each_is_recovered()
    {
        await using var scene = await StormAsync();

        foreach (var (node, other) in new[] { ("node-1", "node-2"), ("node-2", "node-1") })
        {
            var report = await scene.Runner.RunAsync(
                Crashes.RecoveryOf(node, options => options with { BlastRadius = options.BlastRadius with { NamedTogether = [other] } }));
            report.ShouldHave(MaintenanceResult.Succeeded);
        }

        scene.Cluster.Guests.Running.Should().HaveCount(2);
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_storm_that_comes_while_the_run_waits_stops_it_before_anything_is_switched_off()
    {
        await using var scene = await StartAsync();
        await scene.CrashAsync("node-1");
        var device = new Fencing.TestDevice();
        var run = scene.Trusting.RunAsync(NodeMaintenance.OnNode("node-1").FenceAndRecover(device, options => options with { SafeTime = TimeSpan.FromMinutes(3) }));
        await scene.CrashAsync("node-2");

        var report = await run;

        report.ShouldHave(MaintenanceResult.Blocked);
        report.Summary.Should().Contain("step blast-radius").And.Contain("2 of 5 nodes");
        device.Switched.Should().BeEmpty();
        scene.OurWrites().Should().BeEmpty();
    }

    private static async Task<Scene> StormAsync()
    {
        var scene = await StartAsync();
        scene.Cluster.CrashNode("node-2");
        await scene.CrashAsync("node-1");
        await scene.IsSilentAsync("node-2");
        return scene;
    }

    private static Task<Scene> StartAsync() => Scene.StartAsync(cluster => (cluster with { KubeVirtNodes = ["node-3", "node-4"] })
        .WithNodes("node-1", "node-2", "node-3", "node-4", "node-5")
        .WithVirtualMachine("db", vm => vm.On("node-1").WithDisk())
        .WithVirtualMachine("web", vm => vm.On("node-2").WithDisk()));
}
