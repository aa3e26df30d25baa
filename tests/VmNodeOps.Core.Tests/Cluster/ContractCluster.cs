using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Faults;

namespace VmNodeOps.Tests.Cluster;

/// <summary>A simulated cluster and a client of it, for the contract of the port; the kinds of trouble are told by classes derived from it.</summary>
public abstract class ContractCluster : IAsyncLifetime
{
    private readonly string _file = Path.GetTempFileName();
    private int _matching;

    public SimulatedCluster Cluster { get; private set; } = null!;

    public IClusterClient Client { get; private set; } = null!;

    /// <summary>What goes wrong with every third read; null for nothing.</summary>
    protected virtual FaultEffect? ReadFault => null;

    /// <summary>What goes wrong with watches, told the number of each.</summary>
    protected virtual FaultEffect? WatchFault(int number) => null;

    protected virtual string Version => "v1.28.8";

    /// <summary>Patient by the simulated clock: on a busy machine it may run ahead while a request is between client and server, where nobody sees it.</summary>
    protected virtual KubernetesClusterOptions Options => new()
    {
        JitterSeed = 1,
        RequestTimeout = TimeSpan.FromMinutes(5),
        EvictionTimeout = TimeSpan.FromMinutes(5),
        StallTimeout = TimeSpan.FromMinutes(1),
    };

    public async Task InitializeAsync()
    {
        Cluster = await SimulatedCluster.StartAsync(builder => (builder with { KubernetesVersion = Version, Events = false })
            .WithNodes("node-1", "1.1.1.211", "1.1.1.21")
            .WithVirtualMachine("stays", machine => machine with
            {
                Node = "node-1",
                EvictionStrategy = SimulatedEvictionStrategy.LiveMigrate,
                Volumes = [new SimulatedVolume { Name = "disk" }],
                Labels = new Dictionary<string, string> { ["tier"] = "data" },
            })
            .WithVirtualMachine("moves", machine => machine with { Node = "1.1.1.211", EvictionStrategy = SimulatedEvictionStrategy.LiveMigrate })
            .WithVirtualMachine("idle", machine => machine with { RunStrategy = SimulatedRunStrategy.Manual, Node = "node-1" })
            .WithWorkload("web", workload => workload with { Replicas = 2, MinAvailable = 2 })
            .WithWorkload("lone", workload => workload with { Kind = SimulatedWorkloadKind.Pod, Node = "node-1", HasEmptyDir = true })
            .WithNamespaces("contract"));
        Cluster.WriteKubeconfig(_file);
        Client = KubernetesCluster.FromKubeConfig(_file, options: Options with { TimeProvider = Cluster.Time });
        if (ReadFault is { } fault)
        {
            Cluster.Faults.Add(new FaultRule
            {
                When = request => request.Verb is "get" or "list",
                Effect = FaultEffect.Choose(_ => Interlocked.Increment(ref _matching) % 3 == 1 ? fault : null),
            });
        }

        Cluster.Faults.Add(new FaultRule { Verb = "watch", Effect = FaultEffect.Choose(_ => WatchFault(Interlocked.Increment(ref _matching))) });
    }

    public async Task DisposeAsync()
    {
        (Client as IDisposable)?.Dispose();
        File.Delete(_file);
        await Cluster.DisposeAsync();
    }

    /// <summary>A pod that no scheduler binds, so that nothing but the test changes it.</summary>
    public Pod CreatePod(string name, string tier = "test", string ns = "contract") => Read(Cluster.Objects.Create(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["labels"] = new JsonObject { ["tier"] = tier } },
        ["spec"] = new JsonObject { ["schedulerName"] = "nobody", ["containers"] = new JsonArray(new JsonObject { ["name"] = "c", ["image"] = "i" }) },
    }));

    public string Uid(string resource, string name, string? ns = "default") => (string)Cluster.Objects.Get(resource, name, ns)!["metadata"]!["uid"]!;

    private static Pod Read(JsonObject json) => new()
    {
        Name = new ObjectName((string)json["metadata"]!["namespace"]!, (string)json["metadata"]!["name"]!), Uid = (string)json["metadata"]!["uid"]!,
    };
}
