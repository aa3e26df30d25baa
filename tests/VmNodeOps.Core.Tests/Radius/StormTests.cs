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
    public async Task Nodes_of_one_batch_are_named_together_and_nodes_that_a_label_chose_are_not()
    {
        await using var scene = await StormAsync();
        foreach (var node in new[] { "node-1", "node-2" })
        {
            scene.Cluster.Objects.Change("nodes", node, json => json["metadata"]!["labels"]!["rack"] = "7", ns: null);
        }

        var named = await scene.Runner.PlanAsync(NodeMaintenance.OnNodes("node-1", "node-2").Each(node => node.RecoverFromCrash(Crashes.Operator)));
        var chosen = await scene.Runner.PlanAsync(NodeMaintenance.OnNodesLabelled("rack=7").Each(node => node.RecoverFromCrash(Crashes.Operator)));

        named.IsRefused.Should().BeFalse();
        chosen.Nodes.Should().HaveCount(2).And.OnlyContain(plan => plan.Refusals.Any(refusal => refusal.Code == "ManyNodesDown"));
    }

    [Fact]
    public async Task One_word_is_about_one_node_of_a_batch_and_the_other_is_left_alone()
    {
        await using var scene = await StormAsync();
        var word = Crashes.Operator;

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNodes("node-1", "node-2").Each(node => node.RecoverFromCrash(word)).With(batch => batch with { StopOnTrouble = false, MaxNodesAtOnce = 2 }));

        report.Nodes.Select(node => node.Result).Should().BeEquivalentTo([MaintenanceResult.Succeeded, MaintenanceResult.Blocked], report.ToText());
        report.Nodes.Single(node => node.Result == MaintenanceResult.Blocked).Summary.Should().Contain("was given about node").And.Contain("say it again");
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
