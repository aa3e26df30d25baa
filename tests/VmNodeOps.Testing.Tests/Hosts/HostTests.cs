using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;
using VmNodeOps.Testing.Hosts;
using VmNodeOps.Testing.Tests.Controllers;

namespace VmNodeOps.Testing.Tests.Hosts;

public class HostTests
{
    [Fact]
    public async Task A_pod_is_bound_started_and_reported()
    {
        using var cluster = new ClusterFixture();
        cluster.AddPod("pod-a");

        var pod = (await cluster.RunningAsync("pod-a")).Json;

        pod["status"].Text("phase").Should().Be("Running");
        pod["metadata"].Number("generation").Should().Be(1, "a binding is no new generation");
        pod["status"].Text("podIP").Should().StartWith("10.128.");
        pod["status"].Text("hostIP").Should().StartWith("10.250.");
        pod["status"].Children("containerStatuses").Single()["state"].Child("running").Should().NotBeNull();
        pod["status"].Children("conditions").Select(condition => condition.Text("type"))
            .Should().BeEquivalentTo("PodScheduled", "Initialized", "Ready", "ContainersReady");
        cluster.EventsAbout("pod-a").Should().Contain("Normal Scheduled: Successfully assigned default/pod-a to node-1");
    }

    [Fact]
    public async Task Ready_waits_for_every_readiness_gate()
    {
        using var cluster = new ClusterFixture();
        cluster.AddPod("pod-a", pod => pod["spec"]!["readinessGates"] = new JsonArray(new JsonObject { ["conditionType"] = "example.org/open" }));
        await cluster.UntilAsync(() => Conditions.StatusOf(cluster.Pod("pod-a")!.Json["status"], "ContainersReady") == "True", "containers ready");
        cluster.Pod("pod-a")!.IsReady.Should().BeFalse();

        cluster.Api.Modify(ResourceTypes.Pods, "default", "pod-a", json =>
            Conditions.Set(json["status"]!.AsObject(), "example.org/open", "True", cluster.Time.Stamp()));

        await cluster.RunningAsync("pod-a");
    }

    [Fact]
    public async Task A_deleted_pod_ends_well_within_its_grace_and_goes()
    {
        var workload = new RecordingWorkload();
        using var cluster = new ClusterFixture(workload: workload);
        cluster.AddPodOn("node-1", "pod-a");
        var uid = (await cluster.RunningAsync("pod-a")).Uid;
        var phases = new List<string>();
        using var watching = cluster.Api.Observe(ResourceTypes.Pods, change => phases.Add($"{change.Kind} {change.Object.Phase()}"));

        cluster.Api.Delete(ResourceTypes.Pods, "default", "pod-a");
        await cluster.UntilAsync(() => workload.Ending.ContainsKey(uid), "told to stop");
        cluster.Time.Invoke(() => workload.Ending[uid](true));
        await cluster.UntilAsync(() => cluster.Pod("pod-a") is null, "gone");

        phases.Should().StartWith("Modified Running").And.Contain("Modified Succeeded").And.EndWith("Deleted Succeeded");
        workload.Killed.Should().BeEmpty();
    }

    [Fact]
    public async Task A_pod_that_does_not_stop_is_killed_at_the_end_of_its_grace()
    {
        var workload = new RecordingWorkload();
        using var cluster = new ClusterFixture(workload: workload);
        cluster.AddPodOn("node-1", "pod-a");
        var uid = (await cluster.RunningAsync("pod-a")).Uid;
        StoredObject? last = null;
        using var watching = cluster.Api.Observe(ResourceTypes.Pods, change => last = change.Object);

        cluster.Api.Delete(ResourceTypes.Pods, "default", "pod-a");
        var deleted = cluster.Now;
        await cluster.UntilAsync(() => cluster.Pod("pod-a") is null, "gone");

        (cluster.Now - deleted).Should().BeCloseTo(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1));
        workload.Killed.Should().Equal(uid);
        last.Should().NotBeNull();
        last!.Phase().Should().Be("Failed");
        last!.Json["status"]!.Children("containerStatuses").Single()["state"].Child("terminated").Number("exitCode").Should().Be(137);
    }

    [Fact]
    public async Task A_second_delete_shortens_the_grace()
    {
        var workload = new RecordingWorkload();
        using var cluster = new ClusterFixture(workload: workload);
        cluster.AddPodOn("node-1", "pod-a");
        await cluster.RunningAsync("pod-a");

        cluster.Api.Delete(ResourceTypes.Pods, "default", "pod-a");
        var deleted = cluster.Now;
        cluster.Api.Delete(ResourceTypes.Pods, "default", "pod-a", new DeleteRequest { GracePeriodSeconds = 5 });
        await cluster.UntilAsync(() => cluster.Pod("pod-a") is null, "gone");

        (cluster.Now - deleted).Should().BeLessThan(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task A_force_deleted_pod_is_killed_on_a_live_host()
    {
        var workload = new RecordingWorkload();
        using var cluster = new ClusterFixture(workload: workload);
        cluster.AddPodOn("node-1", "pod-a");
        var uid = (await cluster.RunningAsync("pod-a")).Uid;

        cluster.Api.Delete(ResourceTypes.Pods, "default", "pod-a", DeleteRequest.Force);
        await cluster.UntilAsync(() => workload.Killed.Contains(uid), "killed");
    }

    [Fact]
    public async Task A_host_that_is_cut_off_runs_a_force_deleted_pod_until_it_returns()
    {
        var workload = new RecordingWorkload();
        using var cluster = new ClusterFixture(workload: workload);
        cluster.AddPodOn("node-1", "pod-a");
        var uid = (await cluster.RunningAsync("pod-a")).Uid;

        cluster.Host("node-1").CutOff();
        cluster.Api.Delete(ResourceTypes.Pods, "default", "pod-a", DeleteRequest.Force);
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(10));
        workload.Running.Should().Contain(uid);

        cluster.Host("node-1").Reconnect();
        await cluster.UntilAsync(() => !workload.Running.Contains(uid), "killed on return");
        workload.Killed.Should().Equal(uid);
    }

    [Fact]
    public async Task A_host_that_returns_gives_a_deleted_pod_its_whole_grace()
    {
        var workload = new RecordingWorkload();
        using var cluster = new ClusterFixture(workload: workload);
        cluster.AddPodOn("node-1", "pod-a");
        await cluster.RunningAsync("pod-a");
        cluster.Host("node-1").CutOff();
        cluster.Api.Delete(ResourceTypes.Pods, "default", "pod-a");
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(10));

        cluster.Host("node-1").Reconnect();
        var back = cluster.Now;
        await cluster.UntilAsync(() => cluster.Pod("pod-a") is null, "gone");

        (cluster.Now - back).Should().BeCloseTo(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task What_ended_while_a_host_was_cut_off_is_reported_on_its_return()
    {
        using var cluster = new ClusterFixture();
        cluster.AddPodOn("node-1", "pod-a");
        var uid = (await cluster.RunningAsync("pod-a")).Uid;

        cluster.Host("node-1").CutOff();
        cluster.Host("node-1").ReportProcessesEnded(uid, succeeded: true);
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(30));
        cluster.Pod("pod-a")!.Phase().Should().Be("Running");

        cluster.Host("node-1").Reconnect();
        await cluster.UntilAsync(() => cluster.Pod("pod-a")!.Phase() == "Succeeded", "reported");
    }

    [Fact]
    public async Task Without_power_every_process_dies_and_the_api_hears_nothing()
    {
        var workload = new RecordingWorkload();
        using var cluster = new ClusterFixture(workload: workload);
        cluster.AddPodOn("node-1", "pod-a");
        var before = await cluster.RunningAsync("pod-a");

        cluster.Host("node-1").Crash();

        workload.Running.Should().BeEmpty();
        cluster.Pod("pod-a")!.Revision.Should().Be(before.Revision);
    }

    [Fact]
    public async Task After_a_boot_the_kubelet_reports_what_became_of_its_pods()
    {
        var workload = new RecordingWorkload();
        using var cluster = new ClusterFixture(workload: workload);
        cluster.AddPodOn("node-1", "never");
        cluster.AddPodOn("node-1", "deleted");
        cluster.AddPod("always", pod =>
        {
            pod["spec"]!["restartPolicy"] = "Always";
            pod["spec"]!["nodeSelector"] = new JsonObject { ["kubernetes.io/hostname"] = "node-1" };
        });
        await cluster.RunningAsync("never");
        await cluster.RunningAsync("deleted");
        await cluster.RunningAsync("always");
        var boot = cluster.Host("node-1").BootId;

        cluster.Host("node-1").Crash();
        cluster.Api.Delete(ResourceTypes.Pods, "default", "deleted");
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "Unknown", "unknown");
        cluster.Host("node-1").PowerOn();
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "True" && cluster.Pod("always")!.IsReady, "back");
        await cluster.UntilAsync(() => cluster.Pod("deleted") is null, "deleted pod gone");

        cluster.Host("node-1").BootId.Should().NotBe(boot);
        cluster.Node("node-1").Json["status"]!["nodeInfo"].Text("bootID").Should().Be(cluster.Host("node-1").BootId);
        cluster.Pod("never")!.Phase().Should().Be("Failed");
        cluster.Pod("always")!.Json["status"].Children("containerStatuses").Single().Number("restartCount").Should().Be(1);
        workload.Running.Should().Equal(cluster.Pod("always")!.Uid);
        cluster.EventsAbout("node-1").Should().Contain($"Warning Rebooted: Node node-1 has been rebooted, boot id: {cluster.Host("node-1").BootId}");
    }

    [Fact]
    public async Task A_replaced_node_has_the_name_of_the_old_one_and_nothing_else()
    {
        using var cluster = new ClusterFixture();
        cluster.AddPodOn("node-1", "pod-a");
        await cluster.RunningAsync("pod-a");
        var old = cluster.Node("node-1");

        cluster.Plane.Kubelets.ReplaceNode("node-1");
        await cluster.UntilAsync(() => cluster.Api.Get(ResourceTypes.Nodes, null, "node-1") is not null, "registered again");

        var node = cluster.Node("node-1");
        node.Uid.Should().NotBe(old.Uid);
        node.Json["status"]!["nodeInfo"].Text("machineID").Should().NotBe(old.Json["status"]!["nodeInfo"].Text("machineID"));
        await cluster.UntilAsync(() => cluster.Pod("pod-a")?.Phase() == "Failed", "the old pod failed");
    }

    [Fact]
    public async Task A_stock_kubelet_says_nothing_when_its_machine_shuts_down()
    {
        var workload = new RecordingWorkload();
        using var cluster = new ClusterFixture(workload: workload);
        cluster.AddPodOn("node-1", "pod-a");
        var uid = (await cluster.RunningAsync("pod-a")).Uid;

        cluster.Host("node-1").ShutDown();
        await cluster.UntilAsync(() => workload.Ending.ContainsKey(uid), "told to stop");
        cluster.Time.Invoke(() => workload.Ending[uid](true));
        await cluster.UntilAsync(() => !cluster.Host("node-1").HasPower, "power off");

        cluster.Pod("pod-a")!.Phase().Should().Be("Running");
        cluster.Ready("node-1").Should().Be("True");
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "Unknown", "unknown");
    }

    [Fact]
    public async Task Graceful_node_shutdown_reports_the_node_and_fails_its_pods()
    {
        using var cluster = new ClusterFixture(
            options: new ControlPlaneOptions { Hosts = new HostOptions { ShutdownGracePeriod = TimeSpan.FromSeconds(20) } });
        cluster.AddPodOn("node-1", "pod-a");
        await cluster.RunningAsync("pod-a");

        cluster.Host("node-1").Reboot();
        await cluster.UntilAsync(() => cluster.Pod("pod-a")!.Phase() == "Failed", "failed");
        cluster.Pod("pod-a")!.Json["status"].Text("reason").Should().Be("Terminated");

        await cluster.UntilAsync(() => cluster.EventsAbout("node-1").Any(item => item.Contains("Rebooted", StringComparison.Ordinal)), "booted");
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "True", "ready");
    }
}
