using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>
/// Exchanges 201 to 237: KubeVirt 1.9 with machines of every strategy on node-1, which is drained in part and then dies.
/// </summary>
internal sealed class KubeVirtScenes(SimulatedCluster cluster, ConformanceServer server)
{
    private const string Source = "node-1";

    public static Task<SimulatedCluster> StartAsync() => SimulatedCluster.StartAsync(builder => With(builder, KubernetesVersion)
        .WithVirtualMachines(
            Machine("ext1").Evict(SimulatedEvictionStrategy.External),
            Machine("ifp1").Evict(SimulatedEvictionStrategy.LiveMigrateIfPossible).NotMigratable(),
            // Long enough for evictions in between, short enough for the watches.
            Machine("lm1").LiveMigrate().Behave(guest => guest with { MigrationDuration = TimeSpan.FromMinutes(2) }),
            Machine("lm2").LiveMigrate(),
            Machine("man1").Evict(SimulatedEvictionStrategy.None).Run(SimulatedRunStrategy.Manual),
            Machine("nm1").LiveMigrate().NotMigratable(),
            Machine("none1").Evict(SimulatedEvictionStrategy.None),
            Machine("rof1").Evict(SimulatedEvictionStrategy.None).Run(SimulatedRunStrategy.RerunOnFailure),
            Machine("bare1").Evict(SimulatedEvictionStrategy.None).Standalone()));

    /// <summary>Exchanges 238 to 244: one machine that can be migrated.</summary>
    public static Task<SimulatedCluster> StartSmallAsync() =>
        SimulatedCluster.StartAsync(builder => With(builder, KubernetesVersion).WithVirtualMachines(Machine("lm").LiveMigrate()));

    /// <summary>The recorded launchers' names and uids stand for ours of the same machine.</summary>
    public void Begin()
    {
        foreach (var recorded in RecordedExchange.Of(208).Objects())
        {
            if (Launchers((string)recorded["metadata"]!["annotations"]!["kubevirt.io/domain"]!).SingleOrDefault() is { } pod)
            {
                server.Names.Add(recorded["metadata"]!["name"]!.ToString(), pod.Name);
                server.Names.Add(recorded["metadata"]!["uid"]!.ToString(), pod.Uid);
            }
        }
    }

    public async Task BeforeAsync(int number)
    {
        switch (number)
        {
            case 215:
                server.IsNow("894");
                cluster.SetUnschedulable(Source);
                break;
            case 217:
                await cluster.UntilAsync(() => Target() is not null, "lm1 has a target pod");
                server.Names.Add("virt-launcher-lm1-4gbrb", Target()!.Name);
                break;
            case 218:
                await cluster.UntilAsync(() => Instance("lm1")?.At("status.nodeName")?.ToString() != Source, "lm1 runs elsewhere", TimeSpan.FromMinutes(5));
                await cluster.UntilAsync(() => Migrations().All(migration => migration.At("status.phase")?.ToString() == "Succeeded"), "lm1 has migrated");
                await cluster.Time.AdvanceAsync(TimeSpan.FromSeconds(5));
                break;
            case 227:
                await cluster.UntilAsync(() => Runs("none1") && Machine("rof1", "Stopped"), "evicted machines have come to rest", TimeSpan.FromMinutes(5));
                break;
            case 228:
                cluster.StopVirtApi();
                break;
            case 229:
                cluster.StartVirtApi();
                cluster.SetUnschedulable(Source, unschedulable: false);
                await cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(1));
                server.IsNow("1082");
                cluster.CrashNode(Source);
                await cluster.UntilAsync(IsUnreachable, "the node is given up", TimeSpan.FromMinutes(5));
                await cluster.Time.AdvanceAsync(TimeSpan.FromSeconds(5));
                break;
            case 233:
                server.IsNow("1151");
                break;
            case 236:
                await cluster.UntilAsync(() => Runs("nm1"), "nm1 runs elsewhere", TimeSpan.FromMinutes(5));
                await cluster.Time.AdvanceAsync(TimeSpan.FromSeconds(5));
                break;
        }
    }

    private const string KubernetesVersion = "v1.36.2";

    private static SimulatedClusterBuilder With(SimulatedClusterBuilder builder, string version) =>
        builder with { KubernetesVersion = version, KubeVirt = KubeVirtProfile.Version19, KubeVirtNodes = ["node-1", "node-2"] };

    private static SimulatedVirtualMachine Machine(string name) => new SimulatedVirtualMachine { Name = name }.On(Source);

    private IEnumerable<StoredObject> Launchers(string machine) => server.Api.List(ResourceTypes.Pods, "default")
        .Where(pod => (string?)pod.Json["metadata"]!["annotations"]?["kubevirt.io/domain"] == machine);

    private StoredObject? Target() => Launchers("lm1").FirstOrDefault(pod => pod.NodeName is { } node && node != Source);

    private StoredObject? Instance(string name) => server.Api.Get(ResourceTypes.VirtualMachineInstances, "default", name);

    private IReadOnlyList<StoredObject> Migrations() => server.Api.List(ResourceTypes.VirtualMachineInstanceMigrations);

    private bool Runs(string name) =>
        Instance(name) is { IsDeleting: false } instance && instance.At("status.phase")?.ToString() == "Running" &&
        instance.At("status.nodeName")?.ToString() != Source;

    private bool Machine(string name, string status) =>
        server.Api.Get(ResourceTypes.VirtualMachines, "default", name)!.At("status.printableStatus")?.ToString() == status;

    private bool IsUnreachable() =>
        server.Api.Get(ResourceTypes.Nodes, null, Source)!.At("spec.taints") is JsonArray taints && taints.Any(taint => (string?)taint!["effect"] == "NoExecute");
}
