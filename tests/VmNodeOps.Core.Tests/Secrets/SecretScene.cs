using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;
using VmNodeOps.Tests.Recovery;

namespace VmNodeOps.Tests.Secrets;

/// <summary>A cluster that is maintained with planted credentials, and all that comes of it.</summary>
internal sealed class SecretScene : IAsyncDisposable
{
    private const string NodeName = "worker-1";
    private readonly string _folder = Directory.CreateTempSubdirectory("vmnodeops-").FullName;

    private SecretScene(SimulatedCluster cluster) => Cluster = cluster;

    public SimulatedCluster Cluster { get; }

    public Outputs Outputs { get; } = new();

    public static NodeMaintenance Drain => NodeMaintenance.OnNode(NodeName).With(options => options with { Timeout = TimeSpan.FromMinutes(30) }).GracefulShutdown();

    public static async Task<SecretScene> StartAsync(Func<SimulatedClusterBuilder, SimulatedClusterBuilder>? configure = null) =>
        new(await SimulatedCluster.StartAsync(builder => (configure?.Invoke(builder) ?? builder)
            .WithNodes(NodeName, "worker-2", "worker-3")
            .WithVirtualMachine("moves", vm => vm.On(NodeName).LiveMigrate().WithDisk(shared: true))
            .WithVirtualMachine("restarts", vm => vm.On(NodeName).WithDisk())));

    /// <summary>Drained, returned, crashed, recovered and returned.</summary>
    public async Task RunEverythingAsync(string kubeconfig)
    {
        await RunAsync(kubeconfig, Drain);
        await RunAsync(kubeconfig, NodeMaintenance.OnNode(NodeName).ReturnToService());
        var machine = Cluster.Guests.Running.First(guest => guest.Name == "restarts").Node;
        Cluster.CrashNode(machine);
        await Cluster.UntilAsync(() => Cluster.Objects.Condition("nodes", machine, "Ready", ns: null) == "Unknown", "the crash is noticed");
        await RunAsync(kubeconfig, Crashes.RecoveryOf(machine));
        Cluster.PowerOnNode(machine);
        await RunAsync(kubeconfig, NodeMaintenance.OnNode(machine).ReturnToService());
    }

    /// <summary>One run that should succeed.</summary>
    public async Task RunAsync(string kubeconfig, NodeMaintenance maintenance) =>
        (await TryAsync(kubeconfig, maintenance)).Should().NotBeNull().And.Match<MaintenanceReport>(report => report.Succeeded);

    /// <summary>One run, however it ends; null if it did not begin.</summary>
    public async Task<MaintenanceReport?> TryAsync(string kubeconfig, NodeMaintenance maintenance, CancellationToken cancellationToken = default)
    {
        try
        {
            using var client = Connect(kubeconfig);
            var runner = new MaintenanceRunner(client, Cluster.Time, Outputs);
            Outputs.Add("client", client);
            Outputs.Add("client", client.Server);
            Outputs.Add("client", runner);
            var plan = await runner.PlanAsync(maintenance, cancellationToken);
            Outputs.Add("plan", plan.ToText());
            Outputs.Add("plan", plan.ToJson());
            Outputs.Add("plan", plan);
            var report = await runner.RunAsync(maintenance, plan, Outputs, cancellationToken);
            Outputs.Add(report);
            return report;
        }
        catch (Exception exception) when (exception is ClusterException or OperationCanceledException or MaintenanceException)
        {
            Outputs.Add(exception);
            return null;
        }
        finally
        {
            Outputs.Add(Cluster);
        }
    }

    /// <summary>A script that stands for a credential plugin.</summary>
    public string Plugin(string text)
    {
        var file = Path.Combine(_folder, $"plugin-{Guid.NewGuid():N}");
        File.WriteAllText(file, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return PlantedSecrets.KubeconfigWithPlugin(Cluster, file);
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        await Cluster.DisposeAsync();
    }

    private KubernetesCluster Connect(string kubeconfig)
    {
        var file = Path.Combine(_folder, "kubeconfig");
        File.WriteAllText(file, kubeconfig);
        var options = new KubernetesClusterOptions { TimeProvider = Cluster.Time, JitterSeed = 1 };
        Outputs.Add("options", options);
        return KubernetesCluster.FromKubeConfig(file, options: options);
    }
}
