using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Testing.Tests.Controllers;

public class DeterminismTests
{
    [Fact]
    public async Task The_same_story_makes_the_same_writes()
    {
        var first = await StoryAsync();
        var second = await StoryAsync();

        first.Should().HaveCountGreaterThan(150);
        second.Should().Equal(first);
    }

    [Fact]
    public async Task Nodes_that_die_together_are_tainted_one_after_the_other()
    {
        using var cluster = new ClusterFixture(nodes: 4);
        await cluster.UntilAsync(() => cluster.Ready("node-4") == "True", "ready");

        cluster.Host("node-1").Crash();
        cluster.Host("node-2").Crash();
        await cluster.UntilAsync(() => cluster.Taints("node-1").Count == 2, "first");
        var first = cluster.Now;
        cluster.Taints("node-2").Should().Equal("node.kubernetes.io/unreachable:NoSchedule");
        await cluster.UntilAsync(() => cluster.Taints("node-2").Count == 2, "second");

        (cluster.Now - first).Should().Be(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Without_heartbeats_idle_nodes_write_nothing_and_a_dead_one_is_still_noticed()
    {
        using var cluster = new ClusterFixture(options: new ControlPlaneOptions { Hosts = new HostOptions { Heartbeats = false } });
        await cluster.UntilAsync(() => cluster.Ready("node-3") == "True", "ready");
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(1));
        var writes = 0;
        using var watching = cluster.Api.Observe(null, _ => writes++);

        await cluster.AdvanceAsync(TimeSpan.FromMinutes(20));
        writes.Should().Be(0);

        cluster.Host("node-1").Crash();
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "Unknown", "unknown");
        cluster.Host("node-1").PowerOn();
        await cluster.UntilAsync(() => cluster.Ready("node-1") == "True", "back");
    }

    /// <summary>Every turn of the story has its time on the cluster's own clock: whoever waited for a condition would come later on a busy machine.</summary>
    private static async Task<IReadOnlyList<string>> StoryAsync()
    {
        using var cluster = new ClusterFixture();
        var writes = new List<string>();
        using var watching = cluster.Api.Observe(null, change =>
            writes.Add($"{cluster.Now:O} {change.Kind} {change.Object} {change.Object.Uid} {change.Object.Revision}"));
        var turns = new List<ITimer>();
        using (cluster.Time.Pause())
        {
            turns.Add(At(cluster, 30, () => CreateWorkloads(cluster)));
            turns.Add(At(cluster, 90, () => cluster.Host("node-2").Crash()));
            turns.Add(At(cluster, 180, () => cluster.Taint("node-2", Taint.OutOfService, Taint.NoExecute)));
            turns.Add(At(cluster, 300, () => cluster.Host("node-2").PowerOn()));
        }

        await cluster.AdvanceAsync(TimeSpan.FromSeconds(400));
        cluster.Ready("node-2").Should().Be("True", "the story has come to its end");
        cluster.Pod("vm-1").Should().BeNull();
        turns.ForEach(turn => turn.Dispose());
        return [.. writes.TakeWhile(write => string.CompareOrdinal(write, $"{Start.AddSeconds(399):O}") < 0)];
    }

    private static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static ITimer At(ClusterFixture cluster, int seconds, Action turn) =>
        cluster.Time.CreateTimer(_ => cluster.Time.Invoke(turn), null, Start.AddSeconds(seconds) - cluster.Now, Timeout.InfiniteTimeSpan);

    private static void CreateWorkloads(ClusterFixture cluster)
    {
        cluster.Api.Create(ResourceTypes.Deployments, JsonNode.Parse("""
            {"metadata":{"name":"web","namespace":"default"},"spec":{"replicas":7,"selector":{"matchLabels":{"app":"web"}},
             "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"main","image":"web"}]}}}}
            """)!.AsObject());
        for (var number = 1; number <= 4; number++)
        {
            cluster.AddClaim($"disk-{number}");
            cluster.AddPodOn($"node-{(number % 3) + 1}", $"vm-{number}", $"disk-{number}");
        }
    }
}
