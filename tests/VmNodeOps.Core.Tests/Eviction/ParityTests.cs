using System.Text.Json.Nodes;
using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Tests.Kubectl;
using Xunit.Abstractions;
using static VmNodeOps.Testing.Tests.Kubectl.KubectlScene;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Eviction;

/// <summary>The manual's drain, byte for byte by a real kubectl, and our graceful shutdown, from the same start: what is the same in the end.</summary>
public sealed class ParityTests(ITestOutputHelper output)
{
    private static readonly string[] Machines = ["always", "bare", "manual", "migratable", "neighbour", "paused", "rerun"];

    [KubectlFact]
    public async Task A_drain_by_hand_and_ours_end_in_the_same_state()
    {
        var byHand = await ByHandAsync();
        var (ours, report) = await OursAsync();

        foreach (var (what, state) in byHand)
        {
            output.WriteLine($"{what}: {state} by hand, {ours[what]} by us");
        }

        ours.Should().Equal(byHand, "what differs is not the state but what is told");
        // By hand five machines have "evicted" beside them and the node "drained", and nothing tells that three of them are down for good.
        report.VirtualMachines.Where(machine => machine.Outcome is VirtualMachineOutcome.StaysDown or VirtualMachineOutcome.Lost)
            .Select(machine => machine.Name.Name).Should().Equal("bare", "manual", "rerun");
        report.Findings.Where(finding => finding.Severity == FindingSeverity.Warning).Should().HaveCount(3);
    }

    private static async Task<SortedDictionary<string, string>> ByHandAsync()
    {
        await using var scene = await SceneAsync();
        var drained = await scene.RunAsync(SeedCommands.Drain);
        drained.Output.Should().ContainAny([$"node/{Node} drained", $"node/{Node} evicted"], drained.Error);
        await scene.Cluster.UntilAsync(() => IsAtRest(scene.Cluster), "all is at rest", TimeSpan.FromMinutes(10));
        return State(scene.Cluster);
    }

    private static async Task<(SortedDictionary<string, string> State, MaintenanceReport Report)> OursAsync()
    {
        await using var scene = await SceneAsync();
        var kubeconfig = Path.GetTempFileName();
        try
        {
            scene.Cluster.WriteKubeconfig(kubeconfig);
            using var client = KubernetesCluster.FromKubeConfig(kubeconfig, options: new KubernetesClusterOptions { TimeProvider = scene.Cluster.Time });
            var report = await new MaintenanceRunner(client, scene.Cluster.Time).RunAsync(NodeMaintenance.OnNode(Node).GracefulShutdown(Drains.OfAll));
            report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
            IsElsewhere(scene.Cluster, "always").Should().BeTrue("ours ends when they run, not when their pods are gone");
            await scene.Cluster.UntilAsync(() => IsAtRest(scene.Cluster), "all is at rest", TimeSpan.FromMinutes(10));
            return (State(scene.Cluster), report);
        }
        finally
        {
            File.Delete(kubeconfig);
        }
    }

    private static Task<KubectlScene> SceneAsync() => StartAsync(KubectlBinary.All[^1].ToString(), cluster => cluster
        .WithVirtualMachine("always", vm => vm.On(Node).WithDisk())
        .WithVirtualMachine("migratable", vm => vm.On(Node).LiveMigrate().WithDisk(shared: true))
        .WithVirtualMachine("paused", vm => (vm with { IsPaused = true }).On(Node).LiveMigrate())
        .WithVirtualMachine("rerun", vm => vm.On(Node).Run(SimulatedRunStrategy.RerunOnFailure))
        .WithVirtualMachine("manual", vm => vm.On(Node).Run(SimulatedRunStrategy.Manual))
        .WithVirtualMachine("bare", vm => vm.On(Node).Standalone())
        .WithVirtualMachine("neighbour", vm => vm.On(AlikeNode)));

    private static bool IsAtRest(SimulatedCluster cluster) =>
        new[] { "always", "migratable", "paused" }.All(name => IsElsewhere(cluster, name))
        && cluster.Guests.On(Node).Count == 0
        && cluster.Objects.Get("virtualmachineinstances", "rerun") is null;

    private static bool IsElsewhere(SimulatedCluster cluster, string name) =>
        cluster.Guests.Of(name) is [var guest] && guest.Node != Node && cluster.Objects.Text("virtualmachineinstances", name, "status.phase") == "Running";

    private static SortedDictionary<string, string> State(SimulatedCluster cluster)
    {
        var state = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["the node is cordoned"] = $"{(bool?)cluster.Objects.Get("nodes", Node, ns: null)!["spec"]?["unschedulable"] is true}",
            ["guests on the node"] = $"{cluster.Guests.On(Node).Count}",
            ["launcher pods of the node"] = $"{cluster.Objects.Names("pods", IsLauncherOfNode).Count}",
            ["doubles"] = $"{cluster.Guests.Doubles.Count}",
        };
        foreach (var machine in Machines)
        {
            var phase = cluster.Objects.Text("virtualmachineinstances", machine, "status.phase") ?? "no instance";
            var elsewhere = cluster.Guests.Of(machine).Any(guest => guest.Node != Node) ? ", elsewhere" : "";
            state[$"machine {machine}"] = $"{phase}{elsewhere}, paused {cluster.Objects.Condition("virtualmachineinstances", machine, "Paused") ?? "False"}";
        }

        return state;
    }

    private static bool IsLauncherOfNode(JsonObject pod) =>
        (string?)pod["spec"]!["nodeName"] == Node && (string?)pod["metadata"]!["labels"]?["kubevirt.io"] == "virt-launcher";
}
