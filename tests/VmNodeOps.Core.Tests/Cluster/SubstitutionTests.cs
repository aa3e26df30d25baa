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

    [Fact]
    public async Task What_only_lists_gives_all_as_one_page()
    {
        IClusterReader<Pod> pods = new OnlyLists();

        var page = await pods.ListPagesAsync(Selection.OnNode("worker-3"), firstPageSize: 1).ToListAsync();

        page.Should().ContainSingle().Which.Should().Match<Page<Pod>>(all => all.IsLast && !all.BeginsAnew && all.Items.Count == 2);
    }

    /// <summary>Written before there were pages.</summary>
    private sealed class OnlyLists : IClusterReader<Pod>
    {
        public Task<Pod?> FindAsync(ObjectName name, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<Snapshot<Pod>> ListAsync(Selection selection, CancellationToken cancellationToken = default) => Task.FromResult(new Snapshot<Pod>
        {
            Items = [new Pod { Name = new ObjectName("a", "b"), Uid = "1", NodeName = selection.NodeName }, new Pod { Name = new ObjectName("a", "c"), Uid = "2", NodeName = selection.NodeName }],
            ResourceVersion = "1",
        });

        public IAsyncEnumerable<WatchEvent<Pod>> WatchAsync(Selection selection, Snapshot<Pod>? from = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
