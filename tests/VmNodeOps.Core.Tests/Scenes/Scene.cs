using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;

namespace VmNodeOps.Tests.Scenes;

/// <summary>A simulated cluster and the real adapter on it, over HTTPS, both in the cluster's own time.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private readonly string _kubeconfig;
    private readonly KubernetesCluster _client;

    private Scene(SimulatedCluster cluster, string kubeconfig, KubernetesCluster client, TimeProvider time)
    {
        Cluster = cluster;
        Time = time;
        _kubeconfig = kubeconfig;
        _client = client;
        Runner = new MaintenanceRunner(client, time);
    }

    /// <summary>Our own clock: the cluster's, or one that goes wrong.</summary>
    public TimeProvider Time { get; }

    public SimulatedCluster Cluster { get; }

    public IClusterClient Client => _client;

    public MaintenanceRunner Runner { get; }

    /// <summary>A runner that trusts the evidence of tests as much as the library's own.</summary>
    public MaintenanceRunner Trusting => new(Client, Time, defaults: new MaintenanceOptions { StrongestForeignEvidence = EvidenceStrength.Strong });

    public string KubeconfigPath => _kubeconfig;

    public static async Task<Scene> StartAsync(
        Func<SimulatedClusterBuilder, SimulatedClusterBuilder> configure, Func<KubernetesClusterOptions, KubernetesClusterOptions>? client = null, TimeSpan clockError = default)
    {
        var cluster = await SimulatedCluster.StartAsync(configure);
        var kubeconfig = Path.Combine(Path.GetTempPath(), $"vmnodeops-{Guid.NewGuid():N}.kubeconfig");
        cluster.WriteKubeconfig(kubeconfig);
        TimeProvider time = clockError == default ? cluster.Time : new WrongTime(cluster.Time, clockError);
        var options = new KubernetesClusterOptions { TimeProvider = time, JitterSeed = 1 };
        var scene = new Scene(cluster, kubeconfig, KubernetesCluster.FromKubeConfig(kubeconfig, options: client?.Invoke(options) ?? options), time);

        // The first request makes the connection, which is work of this process that the cluster's clock does not see.
        using (cluster.Time.Pause())
        {
            await scene.Client.Server.GetVersionAsync();
        }

        cluster.Requests.Clear();
        return scene;
    }

    /// <summary>The node of each running guest, by name.</summary>
    public IReadOnlyDictionary<string, string> WhereGuestsRun() =>
        Cluster.Guests.Running.ToDictionary(guest => $"{guest.Namespace}/{guest.Name}", guest => guest.Node);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        File.Delete(_kubeconfig);
        await Cluster.DisposeAsync();
    }
}
