using System.Text.Json.Nodes;
using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Tests.Kubectl;
using Xunit.Abstractions;
using static VmNodeOps.Testing.Tests.Kubectl.KubectlScene;

namespace VmNodeOps.Tests.Recovery;

/// <summary>The manual's commands, byte for byte by a real kubectl, and our recovery, from the same start: what is the same in the end, and what is not.</summary>
public sealed class ParityTests(ITestOutputHelper output)
{
    private const string Cordon = "the node is schedulable";
    private const string Replicas = "KubeVirt's replicas on other nodes are the same pods";

    private static readonly string[] Back = ["always", "migratable", "rerun", "neighbour"];

    [KubectlFact]
    public async Task Both_ways_end_in_the_same_state_but_for_what_is_argued()
    {
        var byHand = await ByHandAsync();
        var ours = await OursAsync(null);

        // Argued in docs/safety.md: a node that crashed is to be looked at before it gets pods again; replicas that serve are not given up.
        Differences(byHand, ours).Should().BeEquivalentTo($"{Cordon}: True by hand, False by us", $"{Replicas}: False by hand, True by us");
    }

    [KubectlFact]
    public async Task In_the_manuals_own_order_nothing_differs()
    {
        var byHand = await ByHandAsync();
        var ours = await OursAsync(_ => RecoveryOptions.AsByHand);

        Differences(byHand, ours).Should().BeEmpty();
    }

    private List<string> Differences(SortedDictionary<string, string> byHand, SortedDictionary<string, string> ours)
    {
        byHand.Keys.Should().Equal(ours.Keys);
        foreach (var (what, state) in byHand)
        {
            output.WriteLine($"{what}: {state} by hand, {ours[what]} by us");
        }

        return [.. byHand.Where(state => ours[state.Key] != state.Value).Select(state => $"{state.Key}: {state.Value} by hand, {ours[state.Key]} by us")];
    }

    private static async Task<SortedDictionary<string, string>> ByHandAsync()
    {
        await using var scene = await CrashedAsync();
        var before = Survivors(scene.Cluster);
        (await scene.RunAsync(SeedCommands.ForceDeletePods)).Output.Should().Contain("force deleted");
        (await scene.RunAsync(SeedCommands.DeleteAttachments)).Output.Should().Contain("deleted");
        foreach (var (find, delete) in new[]
        {
            (SeedCommands.FindVirtApi, SeedCommands.DeleteVirtApi), (SeedCommands.FindVirtController, SeedCommands.DeleteVirtController),
        })
        {
            (await scene.RunAsync(find)).Lines.Should().NotBeEmpty("a replica of each was on the node");
            (await scene.RunAsync(delete)).Output.Should().Contain("force deleted");
        }

        await scene.Cluster.UntilAsync(() => IsSettled(scene.Cluster), "the machines run elsewhere", TimeSpan.FromMinutes(20));
        return State(scene.Cluster, before);
    }

    private static async Task<SortedDictionary<string, string>> OursAsync(Func<RecoveryOptions, RecoveryOptions>? change)
    {
        await using var scene = await CrashedAsync();
        var before = Survivors(scene.Cluster);
        var kubeconfig = Path.GetTempFileName();
        try
        {
            scene.Cluster.WriteKubeconfig(kubeconfig);
            using var client = KubernetesCluster.FromKubeConfig(kubeconfig, options: new KubernetesClusterOptions { TimeProvider = scene.Cluster.Time });
            var report = await new MaintenanceRunner(client, scene.Cluster.Time).RunAsync(Crashes.RecoveryOf(Node, change));
            report.ShouldHave(MaintenanceResult.Succeeded);
            await scene.Cluster.UntilAsync(() => IsSettled(scene.Cluster), "all is at rest", TimeSpan.FromMinutes(5));
            return State(scene.Cluster, before);
        }
        finally
        {
            File.Delete(kubeconfig);
        }
    }

    private static async Task<KubectlScene> CrashedAsync()
    {
        var scene = await StartAsync(KubectlBinary.All[^1].ToString(), cluster => (cluster with { KubeVirtNodes = [Node, OtherNode, AlikeNode] })
            .WithVirtualMachine("always", vm => vm.On(Node).WithDisk())
            .WithVirtualMachine("migratable", vm => vm.On(Node).LiveMigrate().WithDisk(shared: true))
            .WithVirtualMachine("rerun", vm => vm.On(Node).Run(SimulatedRunStrategy.RerunOnFailure).WithDisk())
            .WithVirtualMachine("manual", vm => vm.On(Node).Run(SimulatedRunStrategy.Manual).WithDisk())
            .WithVirtualMachine("bare", vm => vm.On(Node).Standalone())
            .WithVirtualMachine("neighbour", vm => vm.On(AlikeNode).WithDisk()));
        EnsureReplicasOnNode(scene.Cluster);
        await scene.Cluster.UntilAsync(() => ReadyReplicas(scene.Cluster) == 4, "KubeVirt serves", TimeSpan.FromMinutes(5));
        scene.Cluster.CrashNode(Node);
        await scene.Cluster.UntilAsync(() => scene.Cluster.Objects.Condition("nodes", Node, "Ready") == "Unknown", "the node is found dead");
        return scene;
    }

    /// <summary>One replica of each on the node that will crash: the others are told to make room until it is so.</summary>
    private static void EnsureReplicasOnNode(SimulatedCluster cluster)
    {
        foreach (var component in new[] { "virt-api", "virt-controller" })
        {
            Components(cluster).Where(pod => Component(pod) == component).Select(pod => (string?)pod["spec"]!["nodeName"])
                .Should().Contain(Node, $"a replica of {component} is to be lost");
        }
    }

    private static bool IsSettled(SimulatedCluster cluster) =>
        cluster.Guests.Running.Select(guest => guest.Name).Order().SequenceEqual(Back.Order())
        && Back.All(name => cluster.Objects.Condition("virtualmachineinstances", name, "Ready") == "True")
        && ReadyReplicas(cluster) == 4;

    private static int ReadyReplicas(SimulatedCluster cluster) =>
        Components(cluster).Count(pod => cluster.Objects.Condition("pods", (string)pod["metadata"]!["name"]!, "Ready", "kubevirt") == "True");

    private static SortedDictionary<string, string> State(SimulatedCluster cluster, HashSet<string> before)
    {
        var state = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [Cordon] = $"{(bool?)cluster.Objects.Get("nodes", Node, ns: null)!["spec"]?["unschedulable"] is not true}",
            [Replicas] = $"{before.IsSubsetOf(Survivors(cluster))}",
            ["guests on the node"] = $"{cluster.Guests.On(Node).Count}",
            ["attachments of the node"] = $"{cluster.Objects.Names("volumeattachments", one => (string?)one["spec"]!["nodeName"] == Node).Count}",
            ["launcher pods of the node"] = $"{cluster.Objects.Names("pods", pod => On(pod) == Node && Label(pod) == "virt-launcher").Count}",
            ["replicas of KubeVirt on the node"] = $"{Components(cluster).Count(pod => On(pod) == Node)}",
            ["doubles"] = $"{cluster.Guests.Doubles.Count}",
        };
        foreach (var machine in new[] { "always", "migratable", "rerun", "manual", "bare", "neighbour" })
        {
            var phase = cluster.Objects.Text("virtualmachineinstances", machine, "status.phase");
            var elsewhere = cluster.Objects.Text("virtualmachineinstances", machine, "status.nodeName") != Node;
            state[$"machine {machine}"] = $"{phase}{(elsewhere ? ", elsewhere" : "")}";
        }

        return state;
    }

    /// <summary>UIDs of KubeVirt's replicas on healthy nodes.</summary>
    private static HashSet<string> Survivors(SimulatedCluster cluster) =>
        [.. Components(cluster).Where(pod => On(pod) != Node).Select(pod => (string)pod["metadata"]!["uid"]!)];

    private static IEnumerable<JsonObject> Components(SimulatedCluster cluster) =>
        cluster.Objects.List("pods", "kubevirt").Where(pod => Component(pod) is "virt-api" or "virt-controller");

    private static string? Component(JsonObject pod) => Label(pod);

    private static string? Label(JsonObject pod) => (string?)pod["metadata"]!["labels"]?["kubevirt.io"];

    private static string? On(JsonObject pod) => (string?)pod["spec"]!["nodeName"];
}
