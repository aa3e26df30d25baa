using System.Text.Json;
using VmNodeOps.Testing;

namespace VmNodeOps.Tool.Tests;

/// <summary>The flags of drain, and several nodes.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task Several_nodes_are_drained_in_turn_with_one_report()
    {
        await using var cluster = await ToolCluster.StartAsync(OnTwoNodes);

        var run = await cluster.RunAsync("drain", "worker-1", "worker-2", "--yes");

        run.ExitCode.Should().Be(ExitCode.Done, run.Out + run.Error);
        run.Out.Should().StartWith("Succeeded: 2 of 2 nodes done.").And.Contain("Node worker-1:").And.Contain("Node worker-2:");
        run.Error.Should().MatchRegex(@"(?m)^\d\d:\d\d:\d\dZ worker-2 drain 0/0: waits for its turn$").And.NotContain("admission webhook");
        cluster.Simulated.Guests.Running.Should().OnlyContain(guest => guest.Node == "worker-3");
    }

    [Fact]
    public async Task Nodes_are_chosen_by_label_as_JSON_too()
    {
        await using var cluster = await ToolCluster.StartAsync(OnTwoNodes);
        foreach (var node in new[] { "worker-1", "worker-2" })
        {
            cluster.Simulated.Objects.Change("nodes", node, json => json["metadata"]!["labels"]!["rack"] = "7", ns: null);
        }

        var plan = await cluster.RunAsync("plan", "drain", "-l", "rack=7", "-o", "json");
        var run = await cluster.RunAsync("drain", "-l", "rack=7", "--max-nodes-at-once", "2", "--yes", "-o", "jsonl");

        BatchPlan.FromJson(plan.Out).Nodes.Should().HaveCount(2);
        run.ExitCode.Should().Be(ExitCode.Done, run.Error);
        var last = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        using var json = JsonDocument.Parse(last);
        json.RootElement.GetProperty("type").GetString().Should().Be("batchFinished");
        json.RootElement.GetProperty("report").GetProperty("nodes").GetArrayLength().Should().Be(2);
    }

    [Fact]
    public async Task One_that_is_done_and_one_that_is_not_end_with_7_and_what_to_do()
    {
        await using var cluster = await ToolCluster.StartAsync(builder => OnTwoNodes(builder)
            .WithVirtualMachine("kept", machine => machine.On("worker-2").WithLabel("app", "kept"))
            .WithBudget(new SimulatedBudget { Name = "keep-it", Selector = new Dictionary<string, string> { ["app"] = "kept" }, MinAvailable = "1" }));

        var run = await cluster.RunAsync("drain", "worker-1", "worker-2", "--yes", "--timeout", "3m");

        run.ExitCode.Should().Be(ExitCode.DoneInPart, run.Out);
        run.Out.Should().StartWith("TimedOut: 1 of 2 nodes done. TimedOut: worker-2.");
        run.Error.Should().Contain("disruption budget default/keep-it lets none of its pods go, ever").And.Contain("vmnodeops return NODE");
    }

    [Fact]
    public async Task Whoever_is_asked_about_several_nodes_sees_each()
    {
        await using var cluster = await ToolCluster.StartAsync(OnTwoNodes);
        cluster.Simulated.Requests.Clear();

        var run = await cluster.RunAsync(["drain", "worker-1", "worker-2"], "n\n");

        run.ExitCode.Should().Be(ExitCode.Cancelled);
        run.Error.Should().Contain("Node worker-1:").And.Contain("Node worker-2:").And.EndWith("Nothing was done.\n");
        cluster.Simulated.Requests.Where(request => request.IsWrite && request.UserAgent?.StartsWith("vmnodeops", StringComparison.Ordinal) == true).Should().BeEmpty();
    }

    [Fact]
    public async Task Everything_that_kubectl_drain_can_is_said_in_its_words()
    {
        await using var cluster = await ToolCluster.StartAsync(builder => OnTwoNodes(builder)
            .WithWorkload("cache", work => work with { Node = "worker-1", HasEmptyDir = true })
            .WithWorkload("agent", work => work with { Kind = SimulatedWorkloadKind.DaemonSet })
            .WithWorkload("bare", work => work with { Kind = SimulatedWorkloadKind.Pod, Node = "worker-1" }));

        var refused = await cluster.RunAsync("drain", "worker-1", "--pod-selector", "", "--yes");
        var run = await cluster.RunAsync(
            "drain", "worker-1", "--all-pods", "--ignore-daemonsets=true", "--delete-emptydir-data", "--force", "--grace-period", "20", "--skip-wait-for-delete-timeout", "0",
            "--chunk-size", "10", "--empty-for", "5s", "--stuck-after", "1m", "--yes");

        refused.ExitCode.Should().Be(ExitCode.Refused);
        refused.Out.Should().Contain("--ignore-daemonsets").And.Contain("--delete-emptydir-data").And.Contain("--force");
        run.ExitCode.Should().Be(ExitCode.Done, run.Out + run.Error);
        run.Out.Should().Contain("empty for 5 s");
        cluster.Simulated.Requests.Of("create", "pods", "eviction").Where(request => request.UserAgent?.StartsWith("vmnodeops", StringComparison.Ordinal) == true)
            .Should().NotBeEmpty().And.OnlyContain(request => request.Body.Contains("\"gracePeriodSeconds\":20"));
        cluster.Simulated.Objects.Get("pods", "bare").Should().BeNull();
    }

    [Fact]
    public async Task A_dry_run_by_the_server_shows_its_answers_and_changes_nothing()
    {
        await using var cluster = await ToolCluster.StartAsync(OnTwoNodes);

        var run = await cluster.RunAsync("drain", "worker-1", "--dry-run", "--rehearse");

        run.ExitCode.Should().Be(ExitCode.Done);
        run.Out.Should().Contain("VM default/moves-1: asked by a dry run, the server says that KubeVirt would migrate it.");
        cluster.Simulated.Guests.On("worker-1").Should().HaveCount(2);
    }

    [Fact]
    public async Task Machines_are_deleted_only_by_a_word_of_their_own()
    {
        await using var cluster = await ToolCluster.StartAsync(OnTwoNodes);

        var refused = await cluster.RunAsync("drain", "worker-1", "--disable-eviction", "--yes");
        var run = await cluster.RunAsync("drain", "worker-1", "--disable-eviction", "--delete-virtual-machines", "--yes");

        refused.ExitCode.Should().Be(ExitCode.Refused);
        refused.Out.Should().Contain("--delete-virtual-machines");
        run.ExitCode.Should().Be(ExitCode.Done, run.Out);
        run.Out.Should().Contain("2 restarted elsewhere");
    }

    private static SimulatedClusterBuilder OnTwoNodes(SimulatedClusterBuilder builder) => builder
        .WithVirtualMachine("moves-1", machine => machine.On("worker-1").LiveMigrate())
        .WithVirtualMachine("restarts-1", machine => machine.On("worker-1"))
        .WithVirtualMachine("moves-2", machine => machine.On("worker-2").LiveMigrate());
}
