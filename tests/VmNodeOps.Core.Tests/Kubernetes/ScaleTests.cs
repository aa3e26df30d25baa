using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Runtime.CompilerServices;
using VmNodeOps.Kubernetes;
using VmNodeOps.Kubernetes.Wire;
using Xunit.Abstractions;

namespace VmNodeOps.Tests.Kubernetes;

/// <summary>What large lists cost in memory, measured on recorded objects. The limits are several times what was measured.</summary>
public sealed class ScaleTests(ITestOutputHelper output)
{
    private const int Count = 10_000;

    [Fact]
    public void Sifting_attachments_of_a_large_cluster_leaves_next_to_nothing_behind()
    {
        var body = Page("057-va-list.json", (item, index) => item["spec"]!["nodeName"] = $"node-{index % 100}");
        var kept = 0;

        var allocated = Measure("sift 10,000 volume attachments", body, () =>
            ListPage.Read(body, Resources.VolumeAttachments.Type, ListPage.Member("spec", "nodeName", "node-7"), dto =>
            {
                Resources.VolumeAttachments.Map(dto).Should().NotBeNull();
                kept++;
            }));

        kept.Should().Be(2 * Count / 100, "there was a run to warm up");
        allocated.Should().BeLessThan(3_000_000);
    }

    [Fact]
    public void Many_attachments_cost_little_more_than_what_is_told_of_them()
    {
        var body = Page("057-va-list.json", (_, _) => { });

        Measure("read 10,000 volume attachments", body, () =>
            ListPage.Read(body, Resources.VolumeAttachments.Type, null, dto => Resources.VolumeAttachments.Map(dto))).Should().BeLessThan(60_000_000);
    }

    [Fact]
    public void Many_pods_cost_little_more_than_what_is_told_of_them()
    {
        var body = Page("029-pod-list-virt-launcher-on-node.json", (_, _) => { });

        Measure("read 10,000 launcher pods", body, () =>
            ListPage.Read(body, Resources.Pods.Type, null, dto => Resources.Pods.Map(dto))).Should().BeLessThan(250_000_000);
    }

    private long Measure(string what, byte[] body, Action read)
    {
        read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        read();
        var elapsed = Stopwatch.GetElapsedTime(started);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {body.Length / 1e6:0.0} MB of JSON in {elapsed.TotalMilliseconds:0} ms, {allocated / 1e6:0.0} MB allocated"));
        return allocated;
    }

    private static byte[] Page(string recorded, Action<JsonNode, int> change, [CallerFilePath] string path = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "wire", recorded);
        var items = JsonNode.Parse(File.ReadAllText(file))!["response"]!["body"]!["items"]!.AsArray();
        var text = new StringBuilder("""{"kind":"List","metadata":{"resourceVersion":"1"},"items":[""");
        for (var index = 0; index < Count; index++)
        {
            var item = items[index % items.Count]!.DeepClone();
            item["metadata"]!["name"] = $"object-{index}";
            change(item, index);
            text.Append(index == 0 ? "" : ",").Append(item.ToJsonString());
        }

        return Encoding.UTF8.GetBytes(text.Append("]}").ToString());
    }
}
