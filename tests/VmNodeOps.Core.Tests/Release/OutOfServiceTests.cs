using System.Text.Json.Nodes;
using VmNodeOps.Testing;
using VmNodeOps.Tests.Recovery;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Release;

/// <summary>The other way to release what a dead node holds: Kubernetes does it, told by a taint that is always taken off again.</summary>
public sealed class OutOfServiceTests
{
    private const string Mark = "node.kubernetes.io/out-of-service";

    private static readonly NodeMaintenance Recovery = Crashes.RecoveryOf("worker-1", options => options with { Release = ReleaseWay.OutOfServiceTaint });

    [Fact]
    public async Task Kubernetes_releases_the_machines_and_foreign_taints_stay()
    {
        await using var scene = await StartAsync();
        AddTaints(scene, ("example.com/rack", "7", "NoSchedule"), ("example.com/gpu", "", "PreferNoSchedule"));
        await scene.CrashAsync("worker-1");

        var report = await scene.Runner.RunAsync(Recovery);

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Outcomes().Should().BeEquivalentTo(new Dictionary<string, VirtualMachineOutcome>
        {
            ["always"] = VirtualMachineOutcome.Restarted,
            ["manual"] = VirtualMachineOutcome.StaysDown,
        });
        scene.LaunchersOn("worker-1").Should().BeEmpty();
        scene.Attachments("worker-1").Should().BeEmpty();
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
        scene.Cluster.Guests.Running.Select(guest => guest.Name).Should().BeEquivalentTo("always", "other");
        Foreign(scene).Should().Equal("example.com/gpu=:PreferNoSchedule", "example.com/rack=7:NoSchedule");
        report.Writes.Where(write => write is { Step: "take-out-of-service", Verb: not "journal" }).Select(write => write.Verb).Should().Equal("take-out-of-service", "put-back-in-service");
        report.Writes.Should().OnlyContain(write => write.Verb != "force-delete" || write.Step == "restore-kubevirt").And.NotContain(write => write.Verb == "detach");
    }

    [Fact]
    public async Task The_plan_lists_every_pod_that_will_go()
    {
        await using var scene = await StartAsync();
        scene.Cluster.Objects.Create(JsonNode.Parse("""
            { "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "batch", "namespace": "default" },
              "spec": { "nodeName": "worker-1", "containers": [{ "name": "main", "image": "batch" }] } }
            """)!.AsObject());
        scene.Cluster.Objects.Create(JsonNode.Parse("""
            { "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "agent", "namespace": "default" },
              "spec": { "nodeName": "worker-1", "containers": [{ "name": "main", "image": "agent" }], "tolerations": [{ "operator": "Exists" }] } }
            """)!.AsObject());
        await scene.CrashAsync("worker-1");

        var plan = await scene.Runner.PlanAsync(Recovery);

        var step = plan.Steps.Single(step => step.Step == "take-out-of-service");
        step.Actions.Where(action => action.Kind == ActionKind.ForceDelete).Select(action => action.What)
            .Should().Contain(what => what.Contains("default/batch")).And.Contain(what => what.Contains("VM default/always")).And.NotContain(what => what.Contains("agent"));
        step.Findings.Should().ContainSingle(finding => finding.Code == "RemovesOtherPods").Which.Message.Should().Contain("default/batch").And.NotContain("virt-launcher");
        (await scene.Runner.RunAsync(Recovery)).ShouldHave(MaintenanceResult.Succeeded);
        scene.Cluster.Objects.Names("pods").Should().Contain("agent").And.NotContain("batch");
    }

    [Fact]
    public async Task A_node_that_comes_back_in_the_middle_loses_the_mark_at_once()
    {
        await using var scene = await StartAsync();
        scene.Cluster.CutOffNode("worker-1");
        await scene.IsSilentAsync("worker-1");

        var run = scene.Runner.RunAsync(Recovery);
        await scene.Cluster.UntilAsync(() => Taints(scene).Any(taint => taint.StartsWith(Mark, StringComparison.Ordinal)), "the node is marked");
        scene.Cluster.ReconnectNode("worker-1");
        var report = await run;

        report.ShouldHave(MaintenanceResult.Blocked);
        report.Summary.Should().Contain("no longer holds");
        Taints(scene).Should().NotContain(taint => taint.StartsWith(Mark, StringComparison.Ordinal));
        report.Writes[^1].Verb.Should().Be("put-back-in-service", "it is the only write that follows a sign of life");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task Cancelled_in_the_middle_it_takes_the_mark_off()
    {
        await using var scene = await StartAsync();
        await scene.CrashAsync("worker-1");
        using var cancel = new CancellationTokenSource();

        var run = scene.Runner.RunAsync(Recovery, cancellationToken: cancel.Token);
        await scene.Cluster.UntilAsync(() => Taints(scene).Any(taint => taint.StartsWith(Mark, StringComparison.Ordinal)), "the node is marked");
        await cancel.CancelAsync();

        await run.Awaiting(it => it).Should().ThrowAsync<MaintenanceCanceledException>();
        Taints(scene).Should().NotContain(taint => taint.StartsWith(Mark, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mark_that_somebody_else_has_put_on_is_used_and_left()
    {
        await using var scene = await StartAsync();
        await scene.CrashAsync("worker-1");
        AddTaints(scene, (Mark, "nodeshutdown", "NoExecute"));

        var report = await scene.Runner.RunAsync(Recovery);

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Findings.Should().Contain(finding => finding.Code == "OutOfServiceByOthers");
        report.Writes.Should().NotContain(write => write.Verb == "take-out-of-service" || write.Verb == "put-back-in-service");
        Taints(scene).Should().Contain($"{Mark}=nodeshutdown:NoExecute");
    }

    [Fact]
    public async Task A_mark_that_a_dead_run_has_left_goes_with_the_return()
    {
        await using var scene = await StartAsync();
        AddTaints(scene, (Mark, "vmnodeops", "NoExecute"), ("example.com/rack", "7", "NoSchedule"));

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNode("worker-1").ReturnToService());

        report.ShouldHave(MaintenanceResult.Succeeded);
        report.Writes[0].Verb.Should().Be("put-back-in-service");
        Foreign(scene).Should().Equal("example.com/rack=7:NoSchedule");
    }

    [Fact]
    public async Task Without_evidence_the_node_is_not_marked()
    {
        await using var scene = await StartAsync();
        await scene.CrashAsync("worker-1");

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNode("worker-1").TakeOutOfService());

        report.ShouldHave(MaintenanceResult.Blocked);
        report.Summary.Should().Contain("Nobody has confirmed");
        scene.OurWrites().Should().BeEmpty();
    }

    [Fact]
    public async Task A_server_that_is_too_old_is_refused()
    {
        await using var scene = await Scene.StartAsync(cluster => (cluster with { KubernetesVersion = "v1.25.4" })
            .WithNodes("worker-1", "worker-2").WithVirtualMachine("always", vm => vm.On("worker-1").WithDisk()));
        await scene.CrashAsync("worker-1");

        var report = await scene.Runner.RunAsync(Recovery);

        report.ShouldHave(MaintenanceResult.Refused);
        report.Summary.Should().Contain("v1.25.4").And.Contain("Recover by force delete");
        scene.OurWrites().Should().BeEmpty();
    }

    private static Task<Scene> StartAsync() => Scene.StartAsync(cluster => cluster
        .WithNodes("worker-1", "worker-2", "worker-3")
        .WithVirtualMachine("always", vm => vm.On("worker-1").WithDisk())
        .WithVirtualMachine("manual", vm => vm.On("worker-1").Run(SimulatedRunStrategy.Manual))
        .WithVirtualMachine("other", vm => vm.On("worker-2").WithDisk()));

    private static void AddTaints(Scene scene, params (string Key, string Value, string Effect)[] taints) => scene.Cluster.Objects.Change("nodes", "worker-1", node =>
    {
        var list = node["spec"]!["taints"]?.AsArray() ?? [];
        node["spec"]!["taints"] = null;
        foreach (var (key, value, effect) in taints)
        {
            list.Add(new JsonObject { ["key"] = key, ["value"] = value, ["effect"] = effect });
        }

        node["spec"]!["taints"] = list;
    }, null);

    private static List<string> Taints(Scene scene) =>
        [.. (scene.Cluster.Objects.Get("nodes", "worker-1", ns: null)!["spec"]!["taints"]?.AsArray() ?? []).Select(taint => $"{taint!["key"]}={taint["value"]}:{taint["effect"]}")];

    /// <summary>Without those by which Kubernetes itself speaks of the node's condition.</summary>
    private static IEnumerable<string> Foreign(Scene scene) => Taints(scene)
        .Where(taint => !taint.StartsWith("node.kubernetes.io/un", StringComparison.Ordinal) && !taint.StartsWith("node.kubernetes.io/not-ready", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
}
