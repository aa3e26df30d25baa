using BenchmarkDotNet.Attributes;
using VmNodeOps.Benchmarks.Server;
using VmNodeOps.Kubernetes;

namespace VmNodeOps.Benchmarks.Micro;

/// <summary>A whole plan of a node with many machines, over HTTPS from a server in another process.</summary>
[MemoryDiagnoser]
public class PlanOfMany
{
    internal const int Machines = 1000;
    private static readonly NodeMaintenance Drain = NodeMaintenance.OnNode(SceneRequest.Worker(1)).GracefulShutdown();
    private KubernetesCluster? _cluster;

    /// <summary>The server's kubeconfig; the benchmarks run in this process, but in objects of their own.</summary>
    internal static string Kubeconfig { get; set; } = "";

    [GlobalSetup]
    public async Task BeginAsync()
    {
        _cluster = KubernetesCluster.FromKubeConfig(Kubeconfig);
        if (await PlanAsync() is not Machines and var found)
        {
            throw new InvalidOperationException($"The plan has {found} machines.");
        }
    }

    [GlobalCleanup]
    public void End() => _cluster?.Dispose();

    [Benchmark(Description = "plan of a drain of 1,000 machines, over HTTPS")]
    public async Task<int> PlanAsync() => (await Drain.PlanAsync(_cluster!)).VirtualMachines.Count;
}
