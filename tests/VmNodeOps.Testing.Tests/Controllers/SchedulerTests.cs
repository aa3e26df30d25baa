using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;

namespace VmNodeOps.Testing.Tests.Controllers;

public class SchedulerTests
{
    [Fact]
    public async Task Pods_spread_by_number_then_by_name()
    {
        using var cluster = new ClusterFixture();
        await cluster.UntilAsync(() => cluster.Ready("node-3") == "True", "ready");

        foreach (var name in (string[])["pod-a", "pod-b", "pod-c", "pod-d"])
        {
            cluster.AddPod(name);
            await cluster.RunningAsync(name);
        }

        new[] { "pod-a", "pod-b", "pod-c", "pod-d" }.Select(name => cluster.Pod(name)!.NodeName)
            .Should().Equal("node-1", "node-2", "node-3", "node-1");
    }

    [Fact]
    public async Task Of_many_nodes_as_many_are_looked_at_as_make_a_choice_and_the_next_pod_goes_on_from_there()
    {
        using var cluster = new ClusterFixture(nodes: 200);
        string[] nodes = [.. Enumerable.Range(1, 200).Select(number => $"node-{number}").Order(StringComparer.Ordinal)];
        await cluster.UntilAsync(() => nodes.All(node => cluster.Ready(node) == "True"), "ready");

        cluster.AddPod("pod-a");
        await cluster.RunningAsync("pod-a");
        cluster.AddPod("pod-b");
        await cluster.RunningAsync("pod-b");

        new[] { "pod-a", "pod-b" }.Select(name => cluster.Pod(name)!.NodeName).Should().Equal(nodes[0], nodes[100]);
    }

    [Fact]
    public async Task A_pod_without_a_place_is_told_why_and_gets_one_later()
    {
        using var cluster = new ClusterFixture();
        await cluster.UntilAsync(() => cluster.Ready("node-3") == "True", "ready");
        cluster.Api.Modify(ResourceTypes.Nodes, null, "node-1", json => json["spec"]!["unschedulable"] = true);
        cluster.Taint("node-2", "dedicated", Taint.NoSchedule);
        await cluster.UntilAsync(() => cluster.Taints("node-1").Count == 1, "cordoned");

        cluster.AddPod("pod-a", pod => pod["spec"]!["containers"]![0]!["resources"] =
            JsonNode.Parse("""{"requests":{"memory":"1Ti"}}"""));
        await cluster.UntilAsync(() => cluster.EventsAbout("pod-a").Count > 0, "refused");

        const string Why = "0/3 nodes are available: 1 Insufficient memory, 1 node(s) had untolerated taint {dedicated: nodeshutdown}, "
            + "1 node(s) were unschedulable. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, "
            + "2 Preemption is not helpful for scheduling.";
        cluster.EventsAbout("pod-a").Should().Equal("Warning FailedScheduling: " + Why);
        var condition = Conditions.Find(cluster.Pod("pod-a")!.Json["status"], "PodScheduled")!;
        condition.Text("reason").Should().Be("Unschedulable");
        condition.Text("message").Should().Be(Why);

        cluster.Api.Modify(ResourceTypes.Nodes, null, "node-3", json => json["status"]!["allocatable"]!["memory"] = "2Ti");
        (await cluster.RunningAsync("pod-a")).NodeName.Should().Be("node-3");
    }

    [Fact]
    public async Task Freed_resources_let_the_next_pod_in()
    {
        using var cluster = new ClusterFixture(nodes: 1);
        void Large(JsonObject pod) => pod["spec"]!["containers"]![0]!["resources"] = JsonNode.Parse("""{"requests":{"cpu":"40"}}""");
        cluster.AddPod("pod-a", Large);
        await cluster.RunningAsync("pod-a");
        cluster.AddPod("pod-b", Large);
        await cluster.UntilAsync(() => cluster.EventsAbout("pod-b").Count > 0, "refused");
        cluster.EventsAbout("pod-b")[0].Should().Contain("1 Insufficient cpu");

        cluster.Api.Delete(ResourceTypes.Pods, "default", "pod-a");

        await cluster.RunningAsync("pod-b");
    }

    [Fact]
    public async Task Required_anti_affinity_holds_in_both_directions()
    {
        using var cluster = new ClusterFixture(nodes: 2);
        void Apart(JsonObject pod)
        {
            pod["metadata"]!["labels"] = new JsonObject { ["kubevirt.io/created-by"] = "uid-1" };
            pod["spec"]!["affinity"] = JsonNode.Parse("""
                {"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[
                  {"labelSelector":{"matchLabels":{"kubevirt.io/created-by":"uid-1"}},"topologyKey":"kubernetes.io/hostname"}]}}
                """);
        }

        cluster.AddPod("source", pod => pod["metadata"]!["labels"] = new JsonObject { ["kubevirt.io/created-by"] = "uid-1" });
        await cluster.RunningAsync("source");
        cluster.AddPod("target", Apart);
        await cluster.RunningAsync("target");
        cluster.AddPod("third", pod => pod["metadata"]!["labels"] = new JsonObject { ["kubevirt.io/created-by"] = "uid-1" });
        await cluster.RunningAsync("third");
        cluster.AddPod("fourth", Apart);
        await cluster.UntilAsync(() => cluster.EventsAbout("fourth").Count > 0, "refused");

        cluster.Pod("source")!.NodeName.Should().Be("node-1");
        cluster.Pod("target")!.NodeName.Should().Be("node-2");
        cluster.Pod("third")!.NodeName.Should().Be("node-1", "the target keeps others of its kind away");
        cluster.EventsAbout("fourth")[0].Should().Contain("2 node(s) didn't match pod anti-affinity rules");
    }

    [Theory]
    [InlineData("""{"nodeSelectorTerms":[{"matchExpressions":[{"key":"tier","operator":"In","values":["gold"]}]}]}""", "node-2")]
    [InlineData("""{"nodeSelectorTerms":[{"matchExpressions":[{"key":"tier","operator":"DoesNotExist"}]}]}""", "node-1")]
    [InlineData("""{"nodeSelectorTerms":[{"matchExpressions":[{"key":"size","operator":"Gt","values":["5"]}]}]}""", "node-2")]
    [InlineData("""{"nodeSelectorTerms":[{"matchFields":[{"key":"metadata.name","operator":"In","values":["node-3"]}]}]}""", "node-3")]
    [InlineData("""{"nodeSelectorTerms":[{"matchExpressions":[{"key":"tier","operator":"NotIn","values":["gold"]}]},{}]}""", "node-1")]
    public async Task Required_node_affinity_is_kept(string required, string expected)
    {
        using var cluster = new ClusterFixture();
        await cluster.UntilAsync(() => cluster.Ready("node-3") == "True", "ready");
        cluster.Api.Modify(ResourceTypes.Nodes, null, "node-2", json =>
        {
            json["metadata"]!["labels"]!["tier"] = "gold";
            json["metadata"]!["labels"]!["size"] = "10";
        });

        cluster.AddPod("pod-a", pod => pod["spec"]!["affinity"] = new JsonObject
        {
            ["nodeAffinity"] = new JsonObject { ["requiredDuringSchedulingIgnoredDuringExecution"] = JsonNode.Parse(required) },
        });

        (await cluster.RunningAsync("pod-a")).NodeName.Should().Be(expected);
    }
}
