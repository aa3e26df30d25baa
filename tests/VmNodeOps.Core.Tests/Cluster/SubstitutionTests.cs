using NSubstitute;
using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.Cluster;

/// <summary>The port can be substituted, as docs/cluster-port.md shows.</summary>
public sealed class SubstitutionTests
{
    [Fact]
    public async Task A_noun_can_be_substituted()
    {
        var nodes = Substitute.For<INodes>();
        nodes.FindAsync(new ObjectName("worker-3"), Arg.Any<CancellationToken>())
            .Returns(new Node { Name = new ObjectName("worker-3"), Uid = "1" });
        var cluster = Substitute.For<IClusterClient>();
        cluster.Nodes.Returns(nodes);

        var node = await cluster.Nodes.FindAsync(new ObjectName("worker-3"));

        node!.Uid.Should().Be("1");
    }

    [Fact]
    public async Task A_watch_can_be_substituted()
    {
        var pods = Substitute.For<IPods>();
        var pod = new Pod { Name = new ObjectName("a", "b"), Uid = "1" };
        pods.WatchAsync(Arg.Any<Selection>(), Arg.Any<Snapshot<Pod>?>(), Arg.Any<CancellationToken>())
            .Returns(new[] { new WatchEvent<Pod> { Kind = WatchEventKind.Added, Object = pod } }.ToAsyncEnumerable());

        var seen = await pods.WatchAsync(Selection.OnNode("worker-3")).ToListAsync();

        seen.Should().ContainSingle().Which.Object.Should().Be(pod);
    }
}
