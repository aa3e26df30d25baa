using System.Text.Json;
using VmNodeOps.Cluster;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Batches;

public sealed class MaintenanceBatchTests
{
    private static readonly string[] Both = ["worker-1", "worker-2"];

    [Fact]
    public async Task All_nodes_are_cordoned_first_and_then_emptied_one_after_the_other()
    {
        await using var scene = await StartAsync();

        var report = await scene.Runner.RunAsync(Drain(Both));

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Nodes.Select(node => node.NodeName).Should().Equal(Both);
        var evictions = Evictions(scene);
        Cordons(scene).Should().HaveCount(2).And.OnlyContain(request => request.Time <= evictions[0].Time);
        evictions.Select(one => one.Node).Should().Equal("worker-1", "worker-1", "worker-1", "worker-2", "worker-2", "worker-2");
        evictions[3].Time.Should().BeOnOrAfter(report.Nodes[0].FinishedAt - TimeSpan.FromSeconds(1), "the second node begins when the first has ended");
        scene.Cluster.Guests.Running.Should().HaveCount(6).And.OnlyContain(guest => guest.Node != "worker-1" && guest.Node != "worker-2");
        report.Nodes.SelectMany(node => node.VirtualMachines).Should().OnlyContain(machine => machine.To != "worker-1" && machine.To != "worker-2", "nothing moves from one of them to the next");
    }

    [Fact]
    public async Task As_many_at_once_as_asked_for_and_never_more()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithNodes("worker-1", "worker-2", "worker-3", "worker-4", "worker-5", "spare")
            .WithVirtualMachines(Enumerable.Range(1, 5).SelectMany(node => Enumerable.Range(1, 2).Select(number =>
                new SimulatedVirtualMachine { Name = $"vm-{node}-{number}" }.On($"worker-{node}").Behave(guest => guest with { ShutdownDuration = TimeSpan.FromSeconds(3 * node) })))));
        var (atWork, most) = (new HashSet<string>(), 0);
        var batch = NodeMaintenance.OnNodes(Enumerable.Range(1, 5).Select(number => $"worker-{number}")).Each(node => node.GracefulShutdown()).With(options => options with { MaxNodesAtOnce = 2 });

        await foreach (var it in scene.Runner.StreamAsync(batch))
        {
            if (it is WriteAnswered { Write.Verb: "evict" })
            {
                atWork.Add(it.NodeName);
            }
            else if (it is RunFinished)
            {
                most = Math.Max(most, atWork.Count);
                atWork.Remove(it.NodeName);
            }
        }

        most.Should().Be(2);
        scene.Cluster.Guests.Running.Should().HaveCount(10).And.OnlyContain(guest => guest.Node == "spare");
    }

    [Fact]
    public async Task What_the_same_batch_cordons_is_no_place_to_go_but_a_node_that_comes_back_before_is()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithNodes(Both).WithVirtualMachine("vm-1", vm => vm.On("worker-1")));

        var report = await scene.Runner.RunAsync(Drain(Both));
        var rolling = await scene.Runner.PlanAsync(Drain(Both).With(batch => batch with { PrepareAllFirst = false }));

        report.Result.Should().Be(MaintenanceResult.Refused);
        report.Nodes[0].Summary.Should().Contain("fits on none (worker-2: cordoned)");
        report.Nodes[0].Findings.Should().ContainSingle(finding => finding.Code == "LastSchedulableNode")
            .Which.Message.Should().EndWith("of 1 others none is Ready and schedulable, 1 of them because this request cordons them too.");
        scene.Cluster.Requests.Writes.Should().BeEmpty();
        rolling.IsRefused.Should().BeFalse();
    }

    [Fact]
    public async Task Nodes_are_chosen_by_label_when_the_plan_is_made()
    {
        await using var scene = await StartAsync();
        foreach (var node in Both)
        {
            scene.Cluster.Objects.Change("nodes", node, json => json["metadata"]!["labels"]!["rack"] = "7", ns: null);
        }

        var plan = await scene.Runner.PlanAsync(NodeMaintenance.OnNodesLabelled("rack=7").Each(node => node.GracefulShutdown()));

        plan.Nodes.Select(node => node.NodeName).Should().Equal(Both);
        BatchPlan.FromJson(plan.ToJson()).Nodes[1].FindDrift(plan.Nodes[1]).Should().BeEmpty();
        var none = () => scene.Runner.PlanAsync(NodeMaintenance.OnNodesLabelled("rack=8").Each(node => node.GracefulShutdown()));
        (await none.Should().ThrowAsync<ClusterException>()).Which.Message.Should().Contain("rack=8");
    }

    [Fact]
    public async Task Every_name_that_is_not_there_is_told_and_nothing_is_touched()
    {
        await using var scene = await StartAsync();

        var run = () => scene.Runner.RunAsync(Drain(["worker-1", "worker-8", "worker-9"]));

        (await run.Should().ThrowAsync<ClusterException>()).Which.Message.Should().Contain("'worker-8', 'worker-9'");
        scene.Cluster.Requests.Writes.Should().BeEmpty();
    }

    [Fact]
    public async Task A_refused_plan_of_one_keeps_all_from_beginning()
    {
        await using var scene = await StartAsync(cluster => cluster.WithVirtualMachine("stuck", vm => vm.On("worker-2").LiveMigrate().NotMigratable()));

        var report = await scene.Runner.RunAsync(Drain(Both));

        report.Result.Should().Be(MaintenanceResult.Refused);
        report.Nodes[0].Summary.Should().Be("Not begun, because node worker-2 was refused.");
        report.Nodes[1].Summary.Should().Contain("default/stuck");
        scene.Cluster.Requests.Writes.Should().BeEmpty();
    }

    [Fact]
    public async Task After_trouble_no_further_node_is_begun_and_its_cordon_is_taken_back()
    {
        await using var scene = await StartAsync(KeptOnFirst);

        var report = await scene.Runner.RunAsync(Drain(Both, options => options with { Timeout = TimeSpan.FromMinutes(3), OnFailure = UndoPolicy.Undo }));

        report.Result.Should().Be(MaintenanceResult.TimedOut, report.ToText());
        report.Nodes[1].Result.Should().Be(MaintenanceResult.Blocked);
        report.Nodes[1].Summary.Should().StartWith("Node worker-2: Prepared and not begun, because node worker-1 did not succeed: ");
        scene.Cluster.Guests.On("worker-2").Should().HaveCount(3);
        scene.Cluster.Objects.Text("nodes", "worker-2", "spec.unschedulable", ns: null).Should().NotBe("true");
    }

    [Fact]
    public async Task Trouble_of_one_can_be_left_behind_and_waiting_costs_the_others_no_time()
    {
        await using var scene = await StartAsync(KeptOnFirst);

        var report = await scene.Runner.RunAsync(Drain(Both, options => options with { Timeout = TimeSpan.FromMinutes(3) }).With(batch => batch with { StopOnTrouble = false }));

        report.Result.Should().Be(MaintenanceResult.TimedOut);
        report.Summary.Should().Be("1 of 2 nodes done. TimedOut: worker-1.");
        report.Nodes[1].Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        (report.Nodes[1].FinishedAt - report.Nodes[1].StartedAt).Should().BeGreaterThan(TimeSpan.FromMinutes(3), "its own three minutes began with its turn");
        scene.Cluster.Guests.On("worker-2").Should().BeEmpty();
    }

    [Fact]
    public async Task A_node_whose_cordon_fails_is_not_emptied_and_nor_is_another()
    {
        await using var scene = await StartAsync();
        scene.Cluster.Faults.Add(new FaultRule { Verb = "patch", Resource = "nodes", Name = "worker-2", Skip = 1, Effect = FaultEffect.Status(403, "Forbidden", "injected: no") });

        var report = await scene.Runner.RunAsync(Drain(Both));

        report.Nodes[1].Result.Should().Be(MaintenanceResult.Failed, report.ToText());
        report.Nodes[0].Result.Should().Be(MaintenanceResult.Blocked);
        scene.Cluster.Requests.Of("create", "pods", "eviction").Should().BeEmpty("kubectl goes on and exits with 0");
    }

    [Fact]
    public async Task A_rolling_maintenance_prepares_each_node_only_in_its_turn()
    {
        await using var scene = await StartAsync();

        var report = await scene.Runner.RunAsync(
            NodeMaintenance.OnNodes(Both).Each(node => node.GracefulShutdown().ReturnToService()).With(batch => batch with { PrepareAllFirst = false }));

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        var second = Cordons(scene).Single(request => request.Name == "worker-2").Time;
        second.Should().BeOnOrAfter(report.Nodes[0].FinishedAt - TimeSpan.FromSeconds(1));
        scene.Cluster.Objects.Text("nodes", "worker-1", "spec.unschedulable", ns: null).Should().NotBe("true");
    }

    [Fact]
    public async Task Events_of_all_nodes_come_numbered_per_node_and_the_batch_has_the_last_word()
    {
        await using var scene = await StartAsync();
        var events = new List<MaintenanceEvent>();

        await foreach (var it in scene.Runner.StreamAsync(Drain(Both).With(batch => batch with { MaxNodesAtOnce = 2 })))
        {
            events.Add(it);
        }

        var finished = events[^1].Should().BeOfType<BatchFinished>().Which;
        foreach (var node in Both)
        {
            events.Where(it => it.NodeName == node).Select(it => it.Sequence).Should().Equal(Enumerable.Range(1, events.Count(it => it.NodeName == node)).Select(number => (long)number));
        }

        events.OfType<RunFinished>().Should().HaveCount(2);
        using var json = JsonDocument.Parse(finished.Report.ToJson());
        json.RootElement.GetProperty("nodes").GetArrayLength().Should().Be(2);
        json.RootElement.GetProperty("result").GetString().Should().Be("Succeeded");
    }

    [Fact]
    public async Task Cancelling_ends_all_nodes_and_tells_how_far_each_came()
    {
        await using var scene = await StartAsync();
        using var cancel = new CancellationTokenSource();
        var run = scene.Runner.RunAsync(Drain(Both), cancellationToken: cancel.Token);
        await scene.Cluster.UntilAsync(() => Evictions(scene).Count > 0, "the first is at work");

        await cancel.CancelAsync();

        var report = (await ((Func<Task>)(() => run)).Should().ThrowAsync<BatchCanceledException>()).Which.Report!;
        report.Nodes.Should().OnlyContain(node => node.Result == MaintenanceResult.Cancelled);
        Evictions(scene).Should().OnlyContain(one => one.Node == "worker-1");
    }

    [Fact]
    public async Task An_approved_plan_of_other_nodes_is_refused()
    {
        await using var scene = await StartAsync();
        var plan = await scene.Runner.PlanAsync(Drain(["worker-1"]));
        scene.Cluster.Requests.Clear();

        var report = await scene.Runner.RunAsync(Drain(Both), plan);

        report.Result.Should().Be(MaintenanceResult.Refused);
        scene.Cluster.Requests.Writes.Should().BeEmpty();
    }

    [Fact]
    public async Task What_plans_read_alike_is_read_once()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster.WithNodes("worker-1", "worker-2", "worker-3", "worker-4")
            .WithVirtualMachines(Enumerable.Range(1, 4).SelectMany(node => Enumerable.Range(1, 5).Select(number => new SimulatedVirtualMachine { Name = $"vm-{node}-{number}" }.On($"worker-{node}")))));

        await scene.Runner.PlanAsync(Drain(["worker-1", "worker-2", "worker-3"]));

        scene.Cluster.Requests.Of("list", "virtualmachines").Should().HaveCount(1);
        scene.Cluster.Requests.Of("list", "kubevirts").Should().HaveCount(1);
        scene.Cluster.Requests.Of("list", "pods").Should().HaveCount(3, "a node's own pods are nobody else's");
    }

    private static MaintenanceBatch Drain(IEnumerable<string> nodes, Func<MaintenanceOptions, MaintenanceOptions>? with = null) =>
        NodeMaintenance.OnNodes(nodes).Each(node => node.GracefulShutdown().With(with ?? (options => options)));

    private static SimulatedClusterBuilder KeptOnFirst(SimulatedClusterBuilder cluster) => cluster
        .WithVirtualMachine("kept", vm => vm.On("worker-1").WithLabel("app", "kept"))
        .WithBudget(new SimulatedBudget { Name = "keep-it", Selector = new Dictionary<string, string> { ["app"] = "kept" }, MinAvailable = "1" });

    private static Task<Scene> StartAsync(Func<SimulatedClusterBuilder, SimulatedClusterBuilder>? more = null) => Scene.StartAsync(cluster =>
    {
        cluster = cluster.WithNodes("worker-1", "worker-2", "spare-1", "spare-2")
            .WithVirtualMachines(Both.SelectMany(node => Enumerable.Range(1, 3).Select(number => new SimulatedVirtualMachine { Name = $"{node}-vm-{number}" }.On(node))));
        return more?.Invoke(cluster) ?? cluster;
    });

    private static List<(string Node, DateTimeOffset Time)> Evictions(Scene scene) =>
        [.. scene.Cluster.Requests.Of("create", "pods", "eviction").Select(request => (request.Name!.Contains("worker-1") ? "worker-1" : "worker-2", request.Time))];

    private static List<Testing.Hosting.LoggedRequest> Cordons(Scene scene) =>
        [.. scene.Cluster.Requests.Of("patch", "nodes").Where(request => request.Body.Contains("\"unschedulable\":true"))];
}
