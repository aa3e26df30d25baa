using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;
using VmNodeOps.Testing.Hosts;
using VmNodeOps.Testing.Tests.Controllers;
using VmNodeOps.Testing.Tests.Hosting;

namespace VmNodeOps.Testing.Tests.Hosts;

/// <summary>A node's death as a real server showed it: the same members, conditions, taints, in the same order of writes.</summary>
public class RecordedDeathTests
{
    private const string Gate = "kubevirt.io/virtual-machine-unpaused";

    [Fact]
    public async Task The_watch_of_a_dying_node_has_the_recorded_events()
    {
        using var cluster = NewCluster();
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "True", "ready");
        var events = new List<string>();
        using var watching = cluster.Api.Observe(ResourceTypes.Nodes, change =>
        {
            if (change.Object.Name == "node-1")
            {
                events.Add(Story(change.Object.Json));
            }
        });

        cluster.Host("node-1").Crash();
        await cluster.UntilAsync(() => cluster.Taints("node-1").Count == 2, "tainted");
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(10));

        var recorded = Body("229").AsArray().Select(item => Story(item!["object"]!.AsObject()));
        events.Should().Equal(recorded);
    }

    [Fact]
    public async Task A_dead_node_has_the_recorded_members()
    {
        using var cluster = NewCluster();
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "True", "ready");

        cluster.Host("node-1").Crash();
        await cluster.UntilAsync(() => cluster.Taints("node-1").Count == 2, "tainted");

        var recorded = Body("231");
        Paths(cluster.Node("node-1").Json["spec"]).Should().Equal(Paths(recorded["spec"]));
        Paths(cluster.Node("node-1").Json["status"]).Should().Equal(Paths(recorded["status"]));
    }

    [Fact]
    public async Task The_lease_has_the_recorded_members()
    {
        using var cluster = NewCluster();
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "True", "ready");

        var lease = cluster.Api.Get(ResourceTypes.Leases, "kube-node-lease", "node-1")!.Json;

        Paths(lease).Should().Equal(Paths(Body("232")).Where(path => !path.Contains("managedFields", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_pod_of_the_dead_node_has_the_recorded_status()
    {
        using var cluster = NewCluster();
        var recorded = Body("230")["items"]![0]!;
        cluster.AddPod("launcher", pod =>
        {
            foreach (var member in (string[])["containers", "initContainers", "readinessGates", "restartPolicy"])
            {
                pod["spec"]![member] = recorded["spec"]![member]!.DeepClone();
            }
        });
        await cluster.UntilAsync(() => cluster.Pod("launcher")!.Phase() == "Running", "running");
        cluster.Api.Modify(ResourceTypes.Pods, "default", "launcher", json => Conditions.Set(
            json["status"]!.AsObject(), Gate, "True", cluster.Time.Stamp(), "NotPaused", "the virtual machine is not paused",
            new JsonObject { ["lastProbeTime"] = cluster.Time.Stamp() }));
        await cluster.RunningAsync("launcher");

        cluster.Host(cluster.Pod("launcher")!.NodeName!).Crash();
        await cluster.UntilAsync(() => !cluster.Pod("launcher")!.IsReady, "not ready");

        var status = cluster.Pod("launcher")!.Json["status"];
        Paths(status).Where(path => !path.StartsWith("initContainerStatuses", StringComparison.Ordinal))
            .Should().Equal(Paths(recorded["status"]).Where(path => !path.StartsWith("initContainerStatuses", StringComparison.Ordinal)));
        States(status).Should().BeEquivalentTo(States(recorded["status"]));
    }

    private static ClusterFixture NewCluster() => new(
        nodes: 2, new ControlPlaneOptions { Hosts = new HostOptions { KubernetesVersion = "v1.36.2" } });

    private static JsonNode Body(string number) => Recorded.Exchange(number)["response"]!["body"]!;

    /// <summary>Conditions and taints, without times.</summary>
    private static string Story(JsonObject node) => string.Join("; ",
        node["status"].Children("conditions")
            .Select(condition => $"{condition.Text("type")} {condition.Text("status")} {condition.Text("reason")} {condition.Text("message")}")
            .Concat(Taint.Of(node).Select(taint => $"{taint}{taint.Effect}")));

    private static IEnumerable<string> States(JsonNode? status) =>
        status.Children("conditions").Select(condition => $"{condition.Text("type")} {condition.Text("status")} {condition.Text("reason")}");

    /// <summary>Every member's path, sorted; list positions do not count.</summary>
    private static IReadOnlyList<string> Paths(JsonNode? node)
    {
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        Walk(node, "");
        return [.. paths];

        void Walk(JsonNode? at, string path)
        {
            switch (at)
            {
                case JsonObject json:
                    foreach (var (name, member) in json)
                    {
                        paths.Add($"{path}{name}");
                        Walk(member, $"{path}{name}/");
                    }

                    break;
                case JsonArray list:
                    foreach (var item in list)
                    {
                        Walk(item, path);
                    }

                    break;
            }
        }
    }
}
