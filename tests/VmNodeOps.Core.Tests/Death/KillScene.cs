using System.Text.Json.Nodes;
using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;
using VmNodeOps.Testing.Faults;

namespace VmNodeOps.Tests.Death;

/// <summary>A small cluster whose node <c>node-2</c> is to go down, with runs that can be killed at any request.</summary>
internal sealed class KillScene : IAsyncDisposable
{
    public const string Victim = Invariants.Victim;
    public const string NodeName = Invariants.NodeName;
    private readonly string _kubeconfig = Path.Combine(Path.GetTempPath(), $"vmnodeops-{Guid.NewGuid():N}.kubeconfig");
    private readonly List<KubernetesCluster> _clients = [];
    private readonly string _nodeBefore;

    private KillScene(SimulatedCluster cluster)
    {
        Cluster = cluster;
        cluster.WriteKubeconfig(_kubeconfig);
        _nodeBefore = Invariants.MarksOf(cluster, NodeName);
    }

    public SimulatedCluster Cluster { get; }

    public static async Task<KillScene> StartAsync() => new(await SimulatedCluster.StartAsync(cluster => cluster
        .WithNodes("node-1", NodeName, "node-3")
        .WithVirtualMachine("moves", vm => vm.On(NodeName).LiveMigrate().WithDisk(shared: true))
        .WithVirtualMachine("restarts", vm => vm.On(NodeName).WithDisk())
        .WithVirtualMachine("manual", vm => vm.On(NodeName).Run(SimulatedRunStrategy.Manual))
        .WithVirtualMachine("elsewhere", vm => vm.On("node-3").WithDisk())));

    /// <summary>What every run of the matrix holds: a lock, a window, and patience for the lock of a run that died.</summary>
    public static NodeMaintenance Maintain() => NodeMaintenance.OnNode(NodeName).With(options => options with
    {
        Timeout = TimeSpan.FromMinutes(30),
        Lock = new NodeLockOptions { Patience = TimeSpan.FromMinutes(5) },
    });

    public MaintenanceRunner Runner(string name)
    {
        var client = KubernetesCluster.FromKubeConfig(
            _kubeconfig, options: new KubernetesClusterOptions { TimeProvider = Cluster.Time, JitterSeed = 1, UserAgent = name });
        _clients.Add(client);
        return new MaintenanceRunner(client, Cluster.Time);
    }

    public int RequestsOf(string name) => Cluster.Requests.Where(request => request.UserAgent == name).Count;

    /// <summary>Runs as the victim, which dies at its request number <paramref name="point"/> (from 1): from then on no byte of it reaches the server.</summary>
    /// <returns>Whether it died; false if it was done before.</returns>
    public async Task<bool> RunAndKillAsync(NodeMaintenance maintenance, int point, bool afterApplied)
    {
        using var death = new CancellationTokenSource();
        var died = false;
        Cluster.Faults.Add(new FaultRule
        {
            UserAgent = Victim,
            Skip = point - 1,
            Times = 1,
            Effect = FaultEffect.Choose(request =>
            {
                died = true;
                // Not here: dropping waits for the requests that are being applied, and this is one of them.
                ThreadPool.QueueUserWorkItem(_ =>
                {
                    Cluster.Faults.DropClient(userAgent: Victim);
                    death.Cancel();
                });
                return afterApplied ? FaultEffect.CutAfter() : FaultEffect.CutBefore();
            }),
        });
        try
        {
            await Runner(Victim).RunAsync(maintenance, cancellationToken: death.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or VmNodeOps.Cluster.ClusterException)
        {
            // It is dead; what it thought last does not matter.
        }

        if (died)
        {
            await Cluster.UntilAsync(() => death.IsCancellationRequested, "the victim is dead");
        }

        return died;
    }

    /// <summary>Somebody else's taints, which must outlive us.</summary>
    public void Taint(params (string Key, string Value, string Effect)[] taints) => Cluster.Objects.Change(
        "nodes",
        NodeName,
        node => node["spec"]!["taints"] = new JsonArray(
            [.. taints.Select(taint => new JsonObject { ["key"] = taint.Key, ["value"] = taint.Value, ["effect"] = taint.Effect })]),
        ns: null);

    /// <summary>The node's taints but for those by which Kubernetes itself speaks of its condition.</summary>
    public IReadOnlyList<string> ForeignTaints() =>
        [.. (Cluster.Objects.Get("nodes", NodeName, ns: null)!["spec"]!["taints"]?.AsArray() ?? [])
            .Select(taint => $"{taint!["key"]}={taint["value"]}:{taint["effect"]}")
            .Where(taint => !taint.StartsWith("node.kubernetes.io/un", StringComparison.Ordinal) && !taint.StartsWith("node.kubernetes.io/not-ready", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    public Task<MaintenanceReport> FinishAsync(NodeMaintenance maintenance) => Runner("successor").RunAsync(maintenance);

    public void ShouldBeAsBefore() => Invariants.MarksOf(Cluster, NodeName).Should().Be(_nodeBefore);

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        File.Delete(_kubeconfig);
        await Cluster.DisposeAsync();
    }
}
