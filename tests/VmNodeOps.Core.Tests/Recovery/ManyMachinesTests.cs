using VmNodeOps.Testing;
using VmNodeOps.Tests.Scenes;
using Xunit.Abstractions;

namespace VmNodeOps.Tests.Recovery;

/// <summary>A hundred machines with a hundred volumes, five nodes at once, and KubeVirt's own control plane among what died: judged by the guests and by the request log.</summary>
public sealed class ManyMachinesTests(ITestOutputHelper output)
{
    private const int Machines = 100;

    /// <summary>Beside one write for each pod, attachment and machine: lock, window, cordon and the notes of ten steps.</summary>
    private const int OtherWrites = 25;

    /// <summary>Lists, watches and looks at the node; they do not grow with the machines.</summary>
    private const int Reads = 45;

    [Fact]
    public async Task A_hundred_machines_with_a_hundred_volumes_cost_one_write_each_and_nothing_of_another_node_is_touched()
    {
        await using var scene = await Scene.StartAsync(cluster => Fill(cluster with { KubeVirtNodes = ["node-2", "node-3"] }, ["node-1"], Machines)
            .WithVirtualMachine("other", vm => vm.On("node-2").WithDisk()));
        scene.Attachments("node-1").Should().HaveCount(Machines);
        var ours = scene.LaunchersOn("node-1").Concat(scene.Attachments("node-1")).ToHashSet();
        await scene.CrashAsync("node-1");
        scene.Cluster.Requests.Clear();

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        report.ShouldHave(MaintenanceResult.Succeeded);
        AllRunElsewhere(scene, Machines + 1, "node-1");
        scene.Cluster.Guests.Of("other").Should().ContainSingle().Which.EndedAt.Should().BeNull("it is another node's");
        var requests = OurRequests(scene);
        output.WriteLine(string.Join("\n", requests.GroupBy(request => $"{request.Verb} {request.Resource}").OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key}")));
        var deleted = requests.Where(request => request is { Verb: "delete", Resource: "pods" or "volumeattachments" }).Select(request => request.Name!).ToList();
        deleted.Should().BeEquivalentTo(ours, "each pod and each attachment of the node once, and no other");
        requests.Count(request => request is { Verb: "create", Resource: "events" }).Should().BeLessThanOrEqualTo(Machines + 2);
        requests.Count(request => request.IsWrite && request.Resource is not ("pods" or "volumeattachments" or "events")).Should().BeLessThanOrEqualTo(OtherWrites);
        requests.Count(request => !request.IsWrite).Should().BeLessThanOrEqualTo(Reads, "nothing is asked for machine by machine, and nothing is polled");
    }

    [Fact]
    public async Task Five_nodes_that_crashed_at_once_are_recovered_in_one_run()
    {
        string[] dead = ["node-1", "node-2", "node-3", "node-4", "node-5"];
        await using var scene = await Scene.StartAsync(cluster => Fill(cluster with { KubeVirtNodes = ["node-6", "node-7"] }, dead, perNode: 6).WithNodes("node-6", "node-7"));
        foreach (var node in dead)
        {
            scene.Cluster.CrashNode(node);
        }

        foreach (var node in dead)
        {
            await scene.IsSilentAsync(node);
        }

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNodes(dead).Each(node => node.RecoverFromCrash(Crashes.Operator)).With(batch => batch with { MaxNodesAtOnce = dead.Length }));

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.Nodes.Select(node => node.NodeName).Should().Equal(dead);
        report.Nodes.SelectMany(node => node.VirtualMachines).Should().HaveCount(30).And.OnlyContain(machine => machine.Outcome == VirtualMachineOutcome.Restarted);
        AllRunElsewhere(scene, 30, dead);
        var listings = OurRequests(scene).Where(request => request.Verb == "list").ToList();
        output.WriteLine(string.Join("\n", listings.GroupBy(request => $"{request.Resource} {request.Query}").OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key}")));
    }

    [Fact]
    public async Task Virt_api_and_virt_controller_died_with_the_node_and_a_hundred_machines_come_back_all_the_same()
    {
        await using var scene = await Scene.StartAsync(cluster => Fill(cluster with { KubeVirtNodes = ["node-1"] }, ["node-1"], Machines));
        await scene.CrashAsync("node-1");
        scene.LetKubeVirtRunAnywhere();

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        report.ShouldHave(MaintenanceResult.Succeeded);
        AllRunElsewhere(scene, Machines, "node-1");
        var deletions = scene.Cluster.Requests.Where(request => request is { Verb: "delete", Resource: "pods" });
        deletions.Where(request => request.Namespace == "kubevirt").Should().HaveCount(4, "two replicas of each");
        deletions.Where(request => request.Namespace == "kubevirt").Max(request => request.Number).Should().BeLessThan(
            deletions.Where(request => request.Namespace == "default").Min(request => request.Number), "nothing is destroyed before KubeVirt serves");
    }

    [Theory]
    [InlineData("pods")]
    [InlineData("volumeattachments")]
    public async Task Virt_api_is_gone_for_a_minute_in_the_middle(string afterTheFirstDeletionOf)
    {
        await using var scene = await Scene.StartAsync(cluster => Fill(cluster with { KubeVirtNodes = ["node-2", "node-3"] }, ["node-1"], Machines));
        await scene.CrashAsync("node-1");
        var outage = OutageAsync(scene, afterTheFirstDeletionOf);

        var report = await scene.Runner.RunAsync(Crashes.RecoveryOf("node-1"));

        report.ShouldHave(MaintenanceResult.Succeeded);
        var (began, ended) = await outage;
        (ended - began).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMinutes(1));
        report.FinishedAt.Should().BeOnOrAfter(ended);
        (report.FinishedAt - ended).Should().BeLessThan(TimeSpan.FromMinutes(3), "what KubeVirt has missed meanwhile does not wait for its longest pauses");
        AllRunElsewhere(scene, Machines, "node-1");
    }

    private static async Task<(DateTimeOffset Began, DateTimeOffset Ended)> OutageAsync(Scene scene, string resource)
    {
        await scene.Cluster.UntilAsync(() => scene.Cluster.Requests.Where(request => request.Verb == "delete" && request.Resource == resource).Count > 0, $"the first of the {resource} is deleted");
        var began = scene.Cluster.Time.GetUtcNow();
        scene.Cluster.StopVirtApi();
        await Task.Delay(TimeSpan.FromMinutes(1), scene.Cluster.Time);
        scene.Cluster.StartVirtApi();
        return (began, scene.Cluster.Time.GetUtcNow());
    }

    private static SimulatedClusterBuilder Fill(SimulatedClusterBuilder cluster, string[] nodes, int perNode) => cluster
        .WithNodes(nodes.Length == 1 ? [nodes[0], "node-2", "node-3"] : nodes)
        .WithVirtualMachines(from node in nodes
                             from number in Enumerable.Range(1, perNode)
                             select new SimulatedVirtualMachine { Name = $"vm-{node[^1]}-{number:000}" }.On(node).WithDisk());

    private static void AllRunElsewhere(Scene scene, int count, params IReadOnlyList<string> dead)
    {
        scene.Cluster.Guests.Running.Should().HaveCount(count).And.OnlyContain(guest => !dead.Contains(guest.Node));
        scene.Cluster.Guests.Running.Select(guest => guest.Name).Should().OnlyHaveUniqueItems();
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
        foreach (var node in dead)
        {
            scene.LaunchersOn(node).Should().BeEmpty();
            scene.Attachments(node).Should().BeEmpty();
        }
    }

    /// <summary>Without the scene's own looks, which go by another door, and without questions about our rights.</summary>
    private static IReadOnlyList<Testing.Hosting.LoggedRequest> OurRequests(Scene scene) =>
        scene.Cluster.Requests.Where(request => request.Group != "authorization.k8s.io");
}
