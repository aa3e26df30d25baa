using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.Tests.Controllers;

public class NodeLifecycleTests
{
    [Fact]
    public async Task Nodes_register_ready_with_their_lease()
    {
        using var cluster = new ClusterFixture();

        await cluster.UntilAsync(() => cluster.Ready("node-3") == "True", "node-3 ready");

        var node = cluster.Node("node-3").Json;
        node["status"]!["nodeInfo"].Text("bootID").Should().Be(cluster.Host("node-3").BootId);
        node["status"]!["nodeInfo"].Text("kubeletVersion").Should().Be("v1.28.8");
        var lease = cluster.Api.Get(ResourceTypes.Leases, "kube-node-lease", "node-3")!;
        lease.Json["spec"].Text("holderIdentity").Should().Be("node-3");
        lease.Controller().Should().BeNull();
        lease.Json["metadata"].Children("ownerReferences").Single().Text("uid").Should().Be(cluster.Node("node-3").Uid);
    }

    [Fact]
    public async Task A_dead_node_becomes_unknown_then_is_tainted_and_its_pods_are_not_ready()
    {
        using var cluster = new ClusterFixture();
        var versions = new List<StoredObject>();
        cluster.AddPodOn("node-1", "pod-a");
        await cluster.RunningAsync("pod-a");
        using var watching = cluster.Api.Observe(ResourceTypes.Nodes, change =>
        {
            if (change.Object.Name == "node-1")
            {
                versions.Add(change.Object);
            }
        });

        cluster.Host("node-1").Crash();
        var crashed = cluster.Now;
        await cluster.UntilAsync(() => cluster.Pod("pod-a")!.IsReady == false, "pod not ready");
        var elapsed = cluster.Now - crashed;
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(1));

        elapsed.Should().BeGreaterThan(TimeSpan.FromSeconds(30)).And.BeLessThan(TimeSpan.FromSeconds(46));
        // As recorded: conditions first, then one taint, then the other, each a write of its own.
        versions.Select(version => Taint.Of(version.Json).Count()).Should().Equal(0, 1, 2);
        versions[0].Json["status"].Children("conditions").Select(condition =>
            (condition.Text("type"), condition.Text("status"), condition.Text("reason"), condition.Text("message"))).Should().Equal(
            new[] { "MemoryPressure", "DiskPressure", "PIDPressure", "Ready" }.Select(type =>
                ((string?)type, (string?)"Unknown", (string?)"NodeStatusUnknown", (string?)"Kubelet stopped posting node status.")));
        cluster.Taints("node-1").Should().Equal("node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute");
        cluster.Pod("pod-a")!.Phase().Should().Be("Running");
        Conditions.StatusOf(cluster.Pod("pod-a")!.Json["status"], "ContainersReady").Should().Be("True");
        cluster.EventsAbout("node-1").Should().Contain("Normal NodeNotReady: Node node-1 status is now: NodeNotReady");
    }

    [Theory]
    [InlineData("v1.31.4", 40)]
    [InlineData("v1.32.0", 50)]
    public async Task The_grace_of_a_silent_node_depends_on_the_version(string version, int seconds)
    {
        using var cluster = new ClusterFixture(options: new ControlPlaneOptions { Hosts = new HostOptions { KubernetesVersion = version } });
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "True", "ready");
        await cluster.AdvanceAsync(TimeSpan.FromMilliseconds(10_001 - (cluster.Time.GetTimestamp() / TimeSpan.TicksPerMillisecond % 10_000)));

        cluster.Host("node-1").CutOff();
        var cut = cluster.Now;
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "Unknown", "unknown");

        (cluster.Now - cut).Should().BeCloseTo(TimeSpan.FromSeconds(seconds + 5), TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public async Task Pods_of_an_unreachable_node_are_deleted_after_their_toleration_and_hang()
    {
        using var cluster = new ClusterFixture();
        cluster.AddPodOn("node-1", "pod-a");
        await cluster.RunningAsync("pod-a");

        cluster.Host("node-1").CutOff();
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "Unknown", "unknown");
        var unknown = cluster.Now;
        await cluster.UntilAsync(() => cluster.Pod("pod-a")!.IsDeleting, "pod deleted");
        (cluster.Now - unknown).Should().BeCloseTo(TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(1));
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(5));

        var pod = cluster.Pod("pod-a")!;
        pod.Phase().Should().Be("Running");
        Conditions.Find(pod.Json["status"], "DisruptionTarget").Text("reason").Should().Be("DeletionByTaintManager");
    }

    [Fact]
    public async Task A_returning_node_is_ready_at_once_and_keeps_its_pods()
    {
        using var cluster = new ClusterFixture();
        cluster.AddPodOn("node-1", "pod-a");
        await cluster.RunningAsync("pod-a");
        cluster.Host("node-1").CutOff();
        await cluster.UntilAsync(() => cluster.Taints("node-1").Count == 2, "tainted");

        cluster.Host("node-1").Reconnect();
        var back = cluster.Now;
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "True" && cluster.Taints("node-1").Count == 0, "ready without taints");

        (cluster.Now - back).Should().BeLessThan(TimeSpan.FromSeconds(1));
        await cluster.RunningAsync("pod-a");
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(6));
        cluster.Pod("pod-a")!.IsDeleting.Should().BeFalse();
    }

    [Fact]
    public async Task A_cordoned_node_carries_the_unschedulable_taint()
    {
        using var cluster = new ClusterFixture();
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "True", "ready");

        cluster.Api.Modify(ResourceTypes.Nodes, null, "node-1", json => json["spec"]!["unschedulable"] = true);
        await cluster.UntilAsync(() => cluster.Taints("node-1").Count == 1, "tainted");
        cluster.Taints("node-1").Should().Equal("node.kubernetes.io/unschedulable:NoSchedule");

        cluster.Api.Modify(ResourceTypes.Nodes, null, "node-1", json => json["spec"]!.AsObject().Remove("unschedulable"));
        await cluster.UntilAsync(() => cluster.Taints("node-1").Count == 0, "free of taints");
    }

    [Fact]
    public async Task Out_of_service_on_a_dead_node_removes_its_pods()
    {
        using var cluster = new ClusterFixture();
        cluster.AddPodOn("node-1", "pod-a");
        await cluster.RunningAsync("pod-a");
        cluster.Host("node-1").Crash();
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "Unknown", "unknown");
        var phases = new List<string>();
        using var watching = cluster.Api.Observe(ResourceTypes.Pods, change => phases.Add(change.Object.Phase()));

        cluster.Taint("node-1", Taint.OutOfService, Taint.NoExecute);
        var tainted = cluster.Now;
        await cluster.UntilAsync(() => cluster.Pod("pod-a") is null, "pod gone");

        (cluster.Now - tainted).Should().BeLessThan(TimeSpan.FromSeconds(21));
        phases[^1].Should().Be("Failed");
    }

    [Fact]
    public async Task Out_of_service_on_a_ready_node_evicts_what_does_not_tolerate_it()
    {
        using var cluster = new ClusterFixture();
        cluster.AddPodOn("node-1", "pod-a");
        await cluster.RunningAsync("pod-a");

        cluster.Taint("node-1", Taint.OutOfService, Taint.NoExecute);

        await cluster.UntilAsync(() => cluster.Pod("pod-a") is null, "pod gone");
    }

    [Fact]
    public async Task Pods_of_a_deleted_node_go_after_the_quarantine()
    {
        using var cluster = new ClusterFixture();
        cluster.AddPodOn("node-1", "pod-a");
        await cluster.RunningAsync("pod-a");
        cluster.Host("node-1").Crash();

        cluster.Api.Delete(ResourceTypes.Nodes, null, "node-1");
        var deleted = cluster.Now;
        await cluster.UntilAsync(() => cluster.Pod("pod-a") is null, "pod gone");

        (cluster.Now - deleted).Should().BeGreaterThan(TimeSpan.FromSeconds(40)).And.BeLessThan(TimeSpan.FromSeconds(81));
        cluster.Api.Get(ResourceTypes.Leases, "kube-node-lease", "node-1").Should().BeNull();
    }

    [Fact]
    public async Task When_every_node_is_silent_no_pod_is_evicted()
    {
        using var cluster = new ClusterFixture();
        cluster.AddPodOn("node-1", "pod-a");
        await cluster.RunningAsync("pod-a");

        foreach (var host in cluster.Plane.Kubelets.Hosts)
        {
            host.CutOff();
        }

        await cluster.AdvanceAsync(TimeSpan.FromMinutes(10));

        cluster.Ready("node-1").Should().Be("Unknown");
        cluster.Taints("node-1").Should().Equal("node.kubernetes.io/unreachable:NoSchedule");
        cluster.Pod("pod-a")!.IsDeleting.Should().BeFalse();
    }
}
