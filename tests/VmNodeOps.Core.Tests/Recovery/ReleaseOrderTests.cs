using VmNodeOps.Testing;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Recovery;

/// <summary>In which order the machines of dead nodes are released, by the API server's own log.</summary>
public sealed class ReleaseOrderTests
{
    [Fact]
    public async Task Machines_of_a_higher_priority_are_released_first_then_those_that_the_options_choose()
    {
        await using var scene = await Scene.StartAsync(cluster => WithClasses(cluster with { KubeVirtNodes = ["node-2", "node-3"] }).WithNodes("node-1", "node-2", "node-3")
            .WithVirtualMachine("a-plain", vm => vm.On("node-1"))
            .WithVirtualMachine("b-low", vm => (vm with { PriorityClass = "low" }).On("node-1"))
            .WithVirtualMachine("c-high", vm => (vm with { PriorityClass = "high" }).On("node-1"))
            .WithVirtualMachine("d-low-first", vm => (vm with { PriorityClass = "low" }).On("node-1").WithLabel("tier", "db"))
            .WithVirtualMachine("e-high-first", vm => (vm with { PriorityClass = "high" }).On("node-1").WithLabel("tier", "db"))
            .WithVirtualMachine("f-plain-first", vm => vm.On("node-1").WithLabel("tier", "db")));
        await scene.CrashAsync("node-1");
        var recovery = Crashes.RecoveryOf("node-1", options => options with { First = "tier=db" });

        var plan = await scene.Runner.PlanAsync(recovery);
        var report = await scene.Runner.RunAsync(recovery);

        report.ShouldHave(MaintenanceResult.Succeeded);
        string[] order = ["e-high-first", "c-high", "d-low-first", "b-low", "f-plain-first", "a-plain"];
        plan.Steps.Single(step => step.Step == "release-machines").Actions.Select(action => MachineOf(action.Target!.Name.Name)).Should().Equal(order);
        Released(scene).Should().Equal(order);
        scene.Cluster.Guests.Running.Should().HaveCount(6);
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task In_a_batch_the_order_holds_across_the_nodes_at_work_and_the_cluster_is_listed_together()
    {
        string[] dead = ["node-1", "node-2", "node-3"];
        await using var scene = await Scene.StartAsync(cluster => WithClasses(cluster with { KubeVirtNodes = ["node-4", "node-5"] }).WithNodes([.. dead, "node-4", "node-5"])
            .WithVirtualMachines(from node in dead
                                 from kind in new[] { "high", "low", "" }
                                 from number in Enumerable.Range(1, 2)
                                 select (new SimulatedVirtualMachine { Name = $"{(kind.Length == 0 ? "plain" : kind)}-{node[^1]}{number}" } with { PriorityClass = kind.Length == 0 ? null : kind }).On(node).WithDisk()));
        foreach (var node in dead)
        {
            scene.Cluster.CrashNode(node);
        }

        foreach (var node in dead)
        {
            await scene.IsSilentAsync(node);
        }

        scene.Cluster.Requests.Clear();

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNodes(dead).Each(node => node.RecoverFromCrash(Crashes.Operator)).With(batch => batch with { MaxNodesAtOnce = 3 }));

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        Released(scene).Select(name => name.Split('-')[0]).Should().Equal(Enumerable.Repeat("high", 6).Concat(Enumerable.Repeat("low", 6)).Concat(Enumerable.Repeat("plain", 6)));
        scene.Cluster.Requests.Of("list", "volumeattachments").Count.Should().Be(1, "all plans share one, and the runs go on from it");
        // One for all plans; the runs' own are joined, as far as they come at the same time, and else there is one of each run.
        scene.Cluster.Requests.Of("list", "virtualmachines").Count.Should().BeInRange(1, 1 + dead.Length);
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_node_that_is_held_up_does_not_keep_the_machines_of_another_down_for_long()
    {
        using var time = Testing.SimulatedTime.Virtual();
        var order = new ReleaseOrder(time);
        order.Expect("slow");
        var release = order.AwaitAsync("quick", new ReleaseRank(0, IsFirst: false), default);

        release.IsCompleted.Should().BeFalse("the other may come with something of a higher rank");
        await time.AdvanceAsync(TimeSpan.FromSeconds(20));

        await release;
    }

    private static IReadOnlyList<string> Released(Scene scene) =>
        [.. scene.Cluster.Requests.Where(request => request is { Verb: "delete", Resource: "pods", Namespace: "default" }).OrderBy(request => request.Number).Select(request => MachineOf(request.Name!))];

    private static string MachineOf(string launcher) => launcher["virt-launcher-".Length..launcher.LastIndexOf('-')];

    private static SimulatedClusterBuilder WithClasses(SimulatedClusterBuilder cluster) => cluster
        .WithObject("""{ "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": { "name": "high" }, "value": 1000 }""")
        .WithObject("""{ "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": { "name": "low" }, "value": 10 }""");
}
