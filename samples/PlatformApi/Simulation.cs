using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;

namespace PlatformApi;

/// <summary>A simulated cluster in this process, whose clock runs ten times as fast as yours, and what no API can do to it: taking a node's power, and asking the hosts what really runs.</summary>
internal static class Simulation
{
    public static Task<SimulatedCluster> StartAsync() => SimulatedCluster.StartAsync(builder => (builder with { Time = SimulatedTime.RealTime(10) })
        .WithNodes("worker-1", "worker-2", "worker-3")
        .WithVirtualMachine("web", machine => machine.In("shop").On("worker-1").LiveMigrate().WithDisk(shared: true))
        .WithVirtualMachine("db", machine => machine.In("shop").On("worker-1").WithDisk())
        .WithVirtualMachine("queue", machine => machine.In("shop").On("worker-2").WithDisk()));

    public static void AddSimulatedCluster(this IServiceCollection services, SimulatedCluster simulated)
    {
        var kubeconfig = Path.GetTempFileName();
        simulated.WriteKubeconfig(kubeconfig);
        services.AddSingleton<TimeProvider>(simulated.Time);
        services.AddSingleton<IClusterClient>(KubernetesCluster.FromKubeConfig(kubeconfig, options: new KubernetesClusterOptions { TimeProvider = simulated.Time }));
        services.AddNodeMaintenance();
        File.Delete(kubeconfig);
    }

    public static void MapSimulation(this IEndpointRouteBuilder app, SimulatedCluster simulated)
    {
        app.MapPost("/simulation/nodes/{node}/crash", (string node) =>
        {
            simulated.CrashNode(node);
            return TypedResults.NoContent();
        });
        app.MapGet("/simulation/guests", () => simulated.Guests.Running.Select(guest => new { guest.Name, guest.Node }).OrderBy(guest => guest.Name));
    }
}
