using System.Globalization;
using VmNodeOps.Testing;

namespace VmNodeOps.Benchmarks.Server;

/// <summary>The clusters that are measured on.</summary>
internal static class Scenes
{
    public const string ControlPlane = "control-1";
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    public static SimulatedClusterBuilder Build(SceneRequest request, SimulatedTime time)
    {
        var builder = new SimulatedClusterBuilder
        {
            Time = time,
            KubernetesVersion = "v1.34.1",
            KubeVirtNodes = [ControlPlane],
            Heartbeats = request.Crowd.Nodes == 0,
        };
        return builder
            .WithNode(ControlPlane, node => node.AsControlPlane())
            .WithNodes(Enumerable.Range(1, request.Workers).Select(SceneRequest.Worker))
            .WithVirtualMachines(Enumerable.Range(1, request.Loaded).SelectMany(worker => Enumerable.Range(1, request.Machines).Select(number => Machine(request, worker, number))))
            .Roomy();
    }

    /// <summary>Objects that are there and do nothing.</summary>
    public static void Fill(SimulatedCluster cluster, Crowd crowd) => new CrowdWriter(cluster.Machinery).Write(crowd);

    /// <summary>An eviction shuts it down: nothing here migrates, so that every means has the same to wait for.</summary>
    private static SimulatedVirtualMachine Machine(SceneRequest request, int worker, int number)
    {
        var machine = new SimulatedVirtualMachine { Name = string.Create(CultureInfo.InvariantCulture, $"vm-{worker:00}-{number:000}"), Namespace = "shop" }
            .On(SceneRequest.Worker(worker))
            .Evict(SimulatedEvictionStrategy.None)
            .Behave(guest => guest with { ShutdownDuration = Moment, BootDuration = Moment });
        return request.Disks ? machine.WithDisk() : machine;
    }

    private static SimulatedClusterBuilder Roomy(this SimulatedClusterBuilder builder) => builder with
    {
        Nodes = [.. builder.Nodes.Select(node => node.WithCapacity("pods", "2500").WithCapacity("devices.kubevirt.io/kvm", "2500")
            .WithCapacity("devices.kubevirt.io/tun", "2500").WithCapacity("devices.kubevirt.io/vhost-net", "2500").WithCapacity("memory", "2Ti").WithCapacity("cpu", "512"))],
    };
}
