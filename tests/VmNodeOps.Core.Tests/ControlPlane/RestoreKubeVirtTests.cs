using VmNodeOps.Testing.Faults;
using VmNodeOps.Tests.Recovery;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.ControlPlane;

public sealed class RestoreKubeVirtTests
{
    [Fact]
    public async Task Only_the_replicas_of_the_failed_node_are_removed()
    {
        await using var scene = await CrashedAsync();
        var elsewhere = Replicas(scene).Where(replica => replica.Node != "node-1").Select(replica => replica.Name).ToList();
        var here = Replicas(scene).Where(replica => replica.Node == "node-1").Select(replica => replica.Name).ToList();

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNode("node-1").ConfirmNodeIsDown(Crashes.Operator).RestoreKubeVirt());

        report.ShouldHave(MaintenanceResult.Succeeded);
        scene.OurWrites().Select(write => write.Name).Should().BeEquivalentTo(here);
        Replicas(scene).Select(replica => replica.Name).Should().Contain(elsewhere);
    }

    [Fact]
    public async Task All_replicas_go_when_asked_for_and_new_ones_serve_before_the_step_ends()
    {
        await using var scene = await CrashedAsync();
        var before = Replicas(scene).Select(replica => replica.Name).ToList();
        var maintenance = NodeMaintenance.OnNode("node-1").ConfirmNodeIsDown(Crashes.Operator)
            .RestoreKubeVirt(options => options with { Scope = KubeVirtReplicaScope.AllReplicas });
        var plan = await scene.Runner.PlanAsync(maintenance);

        var report = await scene.Runner.RunAsync(maintenance, plan);

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Findings.Should().Contain(finding => finding.Code == "ReplicasOfOtherNodes").And.Contain(finding => finding.Code == "NoReplicaLeft");
        scene.OurWrites().Select(write => write.Name).Should().BeEquivalentTo(before);
        var ready = Replicas(scene).Where(replica => replica.Ready && replica.Node != "node-1").ToList();
        ready.Select(replica => replica.Component).Distinct().Should().BeEquivalentTo("virt-api", "virt-controller");
        ready.Select(replica => replica.Name).Should().NotContain(before);
    }

    [Fact]
    public async Task When_no_replica_gets_ready_nothing_else_is_destroyed_and_the_report_says_what_is_missing()
    {
        await using var scene = await Scene.StartAsync(cluster => (cluster with { KubeVirtNodes = ["node-1"] }).WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()));
        await scene.CrashAsync("node-1");

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1").With(options => options with { Timeout = TimeSpan.FromMinutes(10) }));

        report.ShouldHave(MaintenanceResult.TimedOut);
        report.Summary.Should().Contain("virt-api and virt-controller have no ready replica").And.Contain("Nothing is destroyed before they serve");
        scene.LaunchersOn("node-1").Should().HaveCount(1);
        scene.Attachments("node-1").Should().HaveCount(1);
    }

    [Fact]
    public async Task Nothing_is_destroyed_while_webhooks_fail_although_their_pods_are_ready()
    {
        await using var scene = await Scene.StartAsync(cluster => (cluster with { KubeVirtNodes = ["node-2", "node-3"] }).WithVirtualMachine("db", vm => vm.On("node-1").WithDisk()));
        await scene.CrashAsync("node-1");
        var fault = scene.Cluster.Faults.Add(new FaultRule
        {
            Verb = "patch",
            Resource = "virtualmachineinstances",
            Effect = FaultEffect.Status(500, "InternalError", "failed calling webhook \"virtualmachineinstances-mutator.kubevirt.io\": context deadline exceeded"),
        });

        var failing = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1").With(options => options with { Timeout = TimeSpan.FromMinutes(5) }));

        failing.ShouldHave(MaintenanceResult.TimedOut);
        failing.Summary.Should().Contain("webhooks do not answer").And.Contain("failed calling webhook");
        scene.LaunchersOn("node-1").Should().HaveCount(1);
        scene.Attachments("node-1").Should().HaveCount(1);

        fault.Dispose();
        (await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"))).ShouldHave(MaintenanceResult.Succeeded);
    }

    [Fact]
    public async Task An_installation_in_another_namespace_is_found()
    {
        await using var scene = await Scene.StartAsync(cluster => (cluster with { KubeVirtNamespace = "openshift-cnv" }).WithVirtualMachine("db", vm => vm.On("node-1")));
        await scene.CrashAsync("node-1");

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        report.ShouldHave(MaintenanceResult.Succeeded);
        scene.Cluster.Guests.Of("db").Should().ContainSingle();
    }

    private static async Task<Scene> CrashedAsync()
    {
        var scene = await Scene.StartAsync(cluster => (cluster with { KubeVirtNodes = ["node-1", "node-2"] })
            .WithNodes("node-1", "node-2", "node-3")
            .WithVirtualMachine("db", vm => vm.On("node-1")));
        await scene.CrashAsync("node-1");
        return scene;
    }

    private static List<(string Name, string Component, string? Node, bool Ready)> Replicas(Scene scene) =>
        [.. scene.Cluster.Objects.List("pods", "kubevirt")
            .Where(pod => (string?)pod["metadata"]!["labels"]!["kubevirt.io"] is "virt-api" or "virt-controller")
            .Select(pod => (
                (string)pod["metadata"]!["name"]!,
                (string)pod["metadata"]!["labels"]!["kubevirt.io"]!,
                (string?)pod["spec"]!["nodeName"],
                scene.Cluster.Objects.Condition("pods", (string)pod["metadata"]!["name"]!, "Ready", "kubevirt") == "True"))];
}
