using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using VmNodeOps.Benchmarks.Means;
using VmNodeOps.Benchmarks.Measuring;
using VmNodeOps.Benchmarks.Server;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Kubernetes.Mapping;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Benchmarks.Micro;

/// <summary>What a run does again and again, with bodies as the simulated server sends them.</summary>
[MemoryDiagnoser]
public class SmallPaths
{
    private const int Machines = 1000;
    private static readonly NodeMaintenance Drain = NodeMaintenance.OnNode(SceneRequest.Worker(1)).GracefulShutdown();
    private readonly ListPage.Filter _here = ListPage.Member("spec", "nodeName", SceneRequest.Worker(1));
    private readonly ListPage.Filter _elsewhere = ListPage.Member("spec", "nodeName", SceneRequest.Worker(2));
    private ServerProcess? _server;
    private KubernetesCluster? _cluster;
    private byte[] _pods = [];
    private byte[] _attachments = [];
    private byte[] _line = [];

    [GlobalSetup]
    public async Task StartAsync()
    {
        _server = await ServerProcess.StartAsync(file => new SceneRequest(file, 2, 1, Machines, Disks: true, Crowd.None));
        _cluster = KubernetesCluster.FromKubeConfig(_server.Kubeconfig);
        using var client = new FloorClient(_server.Kubeconfig);
        _pods = await client.GetBytesAsync("/api/v1/pods?limit=500");
        _attachments = await client.GetBytesAsync("/apis/storage.k8s.io/v1/volumeattachments?limit=500");
        var pod = JsonDocument.Parse(_pods).RootElement.GetProperty("items")[0];
        _line = Encoding.UTF8.GetBytes($$"""{"type":"MODIFIED","object":{{pod.GetRawText()}}}""");
    }

    [GlobalCleanup]
    public async Task StopAsync()
    {
        _cluster?.Dispose();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Benchmark(Description = "a page of 500 pods")]
    public int PageOfPods()
    {
        var found = new List<Pod>();
        ListPage.Read(_pods, WireJson.Default.PodDto, null, dto => found.Add(Mappings.Pod(dto)!));
        return found.Count;
    }

    [Benchmark(Description = "a page of 500 attachments, all of the node")]
    public int PageOfAttachments() => Read(_here);

    [Benchmark(Description = "a page of 500 attachments, none of the node")]
    public int PageOfOtherAttachments() => Read(_elsewhere);

    [Benchmark(Description = "a line of a watch on pods")]
    public object? WatchLineOfPod()
    {
        var line = WatchLine.Parse(_line);
        return Mappings.Pod(JsonSerializer.Deserialize(line.Body, WireJson.Default.PodDto)!);
    }

    [Benchmark(Description = "plan of a drain of 1,000 machines, over HTTPS")]
    public async Task<int> PlanAsync() => (await Drain.PlanAsync(_cluster!)).VirtualMachines.Count;

    private int Read(ListPage.Filter wanted)
    {
        var found = new List<VolumeAttachment>();
        ListPage.Read(_attachments, WireJson.Default.VolumeAttachmentDto, wanted, dto => found.Add(Mappings.VolumeAttachment(dto)!));
        return found.Count;
    }
}
