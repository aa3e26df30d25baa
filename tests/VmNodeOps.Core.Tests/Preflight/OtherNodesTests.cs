using System.Diagnostics;
using System.Text.RegularExpressions;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Tests.Scenes;
using Xunit.Abstractions;

namespace VmNodeOps.Tests.Preflight;

/// <summary>How much of the cluster's nodes a plan reads: until nothing can be found any more, and everything where something is missing.</summary>
public sealed class OtherNodesTests(ITestOutputHelper output)
{
    private const string MachinesRunThere = "kubevirt.io%2Fschedulable%3Dtrue";
    private const string NoneRunsThere = "kubevirt.io%2Fschedulable%21%3Dtrue";

    private static readonly NodeMaintenance Shutdown = NodeMaintenance.OnNode("worker-1").GracefulShutdown();

    [Fact]
    public async Task One_page_is_enough_where_the_machines_have_their_places_however_many_nodes_there_are()
    {
        await using var scene = await StartAsync(cluster => cluster.WithNodes(Numbered("more", 150)).WithVirtualMachine("vm-1", vm => vm.On("worker-1")).WithVirtualMachine("vm-2", vm => vm.On("worker-1").LiveMigrate()));

        var plan = await scene.Runner.PlanAsync(Shutdown);

        Codes(plan).Should().BeEmpty();
        Pages(scene).Should().Equal($"labelSelector={MachinesRunThere}&limit=50");
    }

    [Fact]
    public async Task All_are_read_once_where_a_machine_fits_on_none_and_counted_in_the_reason()
    {
        await using var scene = await StartAsync(
            cluster => cluster.WithNodes(Numbered("more", 150)).WithVirtualMachine("selects", vm => (vm with { NodeSelector = Fast }).On("worker-1")),
            client => client with { PageSize = 70 });
        foreach (var name in Numbered("more", 10))
        {
            scene.Cluster.SetUnschedulable(name);
        }

        var plan = await scene.Runner.PlanAsync(Shutdown);

        Finding(plan, "NoFittingNode").Message.Should().Contain("(141 nodes: lacks label disk=fast; 10 nodes: cordoned)");
        Pages(scene).Should().Equal(
            $"labelSelector={MachinesRunThere}&limit=50", $"labelSelector={MachinesRunThere}&limit=70&continue=…", $"labelSelector={MachinesRunThere}&limit=70&continue=…",
            $"labelSelector={NoneRunsThere}&limit=50");
    }

    [Fact]
    public async Task Reading_goes_on_until_a_node_is_large_enough_and_there_are_enough_for_all()
    {
        await using var scene = await StartAsync(
            cluster => (cluster with { Nodes = [.. cluster.Nodes, .. Numbered("small", 120).Select(name => new SimulatedNode { Name = name }.WithCapacity("memory", "1Gi"))] })
                .WithVirtualMachines(Enumerable.Range(1, 3).Select(number => new SimulatedVirtualMachine { Name = $"vm-{number}", Memory = "2Gi" }.On("worker-1"))),
            client => client with { PageSize = 60 });

        var plan = await scene.Runner.PlanAsync(Shutdown);

        Codes(plan).Should().BeEmpty();
        Pages(scene).Should().HaveCount(3, "the one that is large enough, worker-2, is on the third page");
    }

    [Fact]
    public async Task A_moment_that_the_server_no_longer_has_begins_anew_and_counts_nothing_twice()
    {
        await using var scene = await StartAsync(
            cluster => cluster.WithNodes(Numbered("more", 100)).WithVirtualMachine("selects", vm => (vm with { NodeSelector = Fast }).On("worker-1")),
            client => client with { PageSize = 60 });
        scene.Cluster.Faults.Add(new FaultRule
        {
            Verb = "list", Resource = "nodes", When = request => request.Query.Contains("continue="), Times = 1, Effect = FaultEffect.Status(410, "Expired", "injected: too old"),
        });

        var plan = await scene.Runner.PlanAsync(Shutdown);

        Finding(plan, "NoFittingNode").Message.Should().Contain("(101 nodes: lacks label disk=fast)");
        Pages(scene).Should().Equal(
            $"labelSelector={MachinesRunThere}&limit=50", $"labelSelector={MachinesRunThere}&limit=60&continue=…",
            $"labelSelector={MachinesRunThere}&limit=60", $"labelSelector={MachinesRunThere}&limit=60&continue=…",
            $"labelSelector={NoneRunsThere}&limit=50");
    }

    [Fact]
    public async Task Of_a_control_plane_node_the_others_are_asked_for_by_either_label()
    {
        await using var scene = await StartAsync(cluster => (cluster with { Nodes = [new SimulatedNode { Name = "worker-1" }.AsControlPlane(), .. cluster.Nodes.Skip(1)] })
            .WithNode("z-1", node => node.AsControlPlane()).WithNode("z-2", node => node.WithLabel("node-role.kubernetes.io/master", ""))
            .WithNode("z-3", node => node.AsControlPlane().WithLabel("node-role.kubernetes.io/master", "")).WithVirtualMachine("vm-1", vm => vm.On("worker-1")));

        var plan = await scene.Runner.PlanAsync(Shutdown);

        Finding(plan, "ControlPlaneNode").Message.Should().Be("Node worker-1 is a control-plane node; 3 others are Ready. Draining it of virtual machines leaves its control plane alone.");
        Pages(scene).Should().HaveCount(3);
    }

    [Fact]
    public async Task Plans_of_a_batch_read_each_page_once_whatever_each_needs()
    {
        await using var scene = await StartAsync(
            cluster => cluster.WithNodes("worker-3", "worker-4").WithNodes(Numbered("more", 100)).WithVirtualMachine("selects", vm => (vm with { NodeSelector = Fast }).On("worker-1"))
                .WithVirtualMachines(Enumerable.Range(2, 3).Select(number => new SimulatedVirtualMachine { Name = $"vm-{number}" }.On($"worker-{number}"))),
            client => client with { PageSize = 60 });

        var all = await scene.Runner.PlanAsync(NodeMaintenance.OnNodes(Enumerable.Range(1, 4).Select(number => $"worker-{number}")).Each(node => node.GracefulShutdown()));
        var pages = Pages(scene);
        scene.Cluster.Requests.Clear();
        await scene.Runner.PlanAsync(NodeMaintenance.OnNodes("worker-2", "worker-3", "worker-4").Each(node => node.GracefulShutdown()));

        Finding(all.Nodes[0], "NoFittingNode").Message.Should().Contain("(100 nodes: lacks label disk=fast; 3 nodes: cordoned)");
        all.Nodes.Skip(1).SelectMany(Codes).Should().BeEmpty();
        pages.Should().Equal(
            $"labelSelector={MachinesRunThere}&limit=50", $"labelSelector={MachinesRunThere}&limit=60&continue=…", $"labelSelector={NoneRunsThere}&limit=50");
        Pages(scene).Should().Equal($"labelSelector={MachinesRunThere}&limit=50");
    }

    [Fact]
    public async Task Nodes_that_may_not_be_listed_are_told_and_left_out()
    {
        await using var scene = await StartAsync(cluster => cluster.WithVirtualMachine("vm-1", vm => vm.On("worker-1")));
        scene.Cluster.Faults.Add(new FaultRule { Verb = "list", Resource = "nodes", Effect = FaultEffect.Status(403, "Forbidden", "injected: nodes is forbidden") });

        var plan = await scene.Runner.PlanAsync(Shutdown);

        Finding(plan, "NotLookedAhead").Message.Should().StartWith("Nothing is known beforehand of the other nodes: ");
        plan.IsRefused.Should().BeFalse();
    }

    [Fact]
    public void Hundreds_of_machines_that_fit_on_none_of_thousands_of_nodes_are_judged_soon()
    {
        var machines = Enumerable.Range(1, 300).Select(number => Machine(number, new Dictionary<string, string> { ["rack"] = $"{number}" })).ToList();
        var nodes = Enumerable.Range(1, 5000).Select(number => Node($"node-{number:0000}")).ToList();
        var started = Stopwatch.GetTimestamp();

        var placements = new PlacementFindings(machines);
        nodes.ForEach(placements.Add);
        var findings = placements.Make(new PreflightOptions()).ToList();

        var elapsed = Stopwatch.GetElapsedTime(started);
        output.WriteLine($"300 machines, each of its own kind, on 5,000 nodes: {elapsed.TotalMilliseconds:0} ms");
        placements.AreSettled.Should().BeFalse();
        findings.Should().HaveCount(300).And.OnlyContain(finding => finding.Code == "NoFittingNode");
        findings[6].Message.Should().Contain("(5000 nodes: lacks label rack=7)");
        elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Placements_are_settled_by_room_for_all_and_by_a_node_that_is_large_enough_for_each()
    {
        var placements = new PlacementFindings([Machine(1, [], memory: "6Gi"), Machine(2, [], memory: "6Gi"), Machine(3, [], memory: "1Gi")]);
        var (small, large, silent) = (Node("a", memory: "5Gi"), Node("b", memory: "8Gi"), Node("c"));

        placements.Add(small);
        placements.AreSettled.Should().BeFalse("two are larger than the node");
        placements.Make(new PreflightOptions()).Select(finding => finding.Code).Should().Equal("TooLargeForAnyNode", "TooLargeForAnyNode", "NotEnoughCapacity");
        placements.Add(silent);
        placements.AreSettled.Should().BeFalse("what the node does not tell is nothing to count on");
        placements.Make(new PreflightOptions()).Select(finding => finding.Code).Should().Equal("NotEnoughCapacity");
        placements.Add(large);
        placements.AreSettled.Should().BeTrue("13Gi are there for 13Gi");
        placements.Make(new PreflightOptions()).Should().BeEmpty();
        new PlacementFindings([]).Should().Match<PlacementFindings>(none => none.AreNone && none.AreSettled);
    }

    private static readonly Dictionary<string, string> Fast = new() { ["disk"] = "fast" };

    private static Task<Scene> StartAsync(
        Func<SimulatedClusterBuilder, SimulatedClusterBuilder> more, Func<KubernetesClusterOptions, KubernetesClusterOptions>? client = null) =>
        Scene.StartAsync(cluster => more((cluster with { Heartbeats = false, KubeVirtNodes = ["worker-1"] }).WithNodes("worker-1", "worker-2")), client);

    private static IEnumerable<string> Numbered(string name, int count) => Enumerable.Range(1, count).Select(number => $"{name}-{number:000}");

    private static List<string> Pages(Scene scene) =>
        [.. scene.Cluster.Requests.Of("list", "nodes").Select(request => Regex.Replace(request.Query.TrimStart('?'), "continue=.*", "continue=…"))];

    private static IEnumerable<string> Codes(MaintenancePlan plan) => plan.Steps.SelectMany(step => step.Findings).Select(finding => finding.Code)
        .Where(code => code is "NoFittingNode" or "TooLargeForAnyNode" or "NotEnoughCapacity" or "LastSchedulableNode" or "NotLookedAhead");

    private static Finding Finding(MaintenancePlan plan, string code) =>
        plan.Steps.SelectMany(step => step.Findings).Where(finding => finding.Code == code).Should().ContainSingle().Subject;

    private static MachineExpectation Machine(int number, Dictionary<string, string> selector, string? memory = null)
    {
        var name = new ObjectName("default", $"vm-{number}");
        var pod = new Pod
        {
            Name = new ObjectName("default", $"virt-launcher-vm-{number}"),
            Uid = $"pod-{number}",
            Labels = new Dictionary<string, string> { ["kubevirt.io"] = "virt-launcher" },
            Requests = memory is null ? [] : new Dictionary<string, string> { ["memory"] = memory },
        };
        return new MachineExpectation
        {
            Fate = VirtualMachineFate.RestartsElsewhere,
            Before = new NodeMachine
            {
                Name = name,
                NodeName = "worker-1",
                Instance = new VirtualMachineInstance { Name = name, Uid = $"vmi-{number}", NodeSelector = selector },
                Pods = [new LauncherPod { Pod = pod, Role = LauncherRole.Current }],
            },
        };
    }

    private static Node Node(string name, string? memory = null) => new()
    {
        Name = new ObjectName(name),
        Uid = name,
        Labels = new Dictionary<string, string> { ["kubevirt.io/schedulable"] = "true", ["kubernetes.io/hostname"] = name },
        Conditions = [new Condition { Type = "Ready", Status = ConditionStatus.True }],
        Allocatable = memory is null ? [] : new Dictionary<string, string> { ["memory"] = memory },
    };
}
