using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using VmNodeOps.Benchmarks.Server;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Mapping;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Benchmarks.Micro;

/// <summary>What a run does again and again, with bodies as the simulated server sends them. No server runs meanwhile.</summary>
[MemoryDiagnoser]
public class SmallPaths
{
    private readonly ListPage.Filter _here = ListPage.Member("spec", "nodeName", SceneRequest.Worker(1));
    private readonly ListPage.Filter _elsewhere = ListPage.Member("spec", "nodeName", SceneRequest.Worker(2));
    private byte[] _pods = [];
    private byte[] _attachments = [];
    private byte[] _line = [];

    /// <summary>A page of pods and a page of attachments; the benchmarks run in this process, but in objects of their own.</summary>
    internal static (byte[] Pods, byte[] Attachments) Bodies { get; set; }

    [GlobalSetup]
    public void Begin()
    {
        (_pods, _attachments) = Bodies;
        using var pods = JsonDocument.Parse(_pods);
        _line = Encoding.UTF8.GetBytes($$"""{"type":"MODIFIED","object":{{pods.RootElement.GetProperty("items")[0].GetRawText()}}}""");
        if ((PageOfPods(), PageOfAttachments(), PageOfOtherAttachments()) is not (500, 500, 0))
        {
            throw new InvalidOperationException("The pages are not what the page says of them.");
        }
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

    private int Read(ListPage.Filter wanted)
    {
        var found = new List<VolumeAttachment>();
        ListPage.Read(_attachments, WireJson.Default.VolumeAttachmentDto, wanted, dto => found.Add(Mappings.VolumeAttachment(dto)!));
        return found.Count;
    }
}
