using System.Runtime.CompilerServices;
using System.Threading.Channels;
using NSubstitute;
using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.Execution;

/// <summary>A cluster of one node that says what the test tells it to say; for tests of the run itself, where no server is needed.</summary>
internal sealed class ScriptedCluster : INodes, IServer
{
    private readonly Channel<WatchEvent<Node>> _watch = Channel.CreateUnbounded<WatchEvent<Node>>();
    private readonly TimeProvider _time;

    public ScriptedCluster(TimeProvider time)
    {
        _time = time;
        Client = Substitute.For<IClusterClient>();
        Client.Nodes.Returns(this);
        Client.Server.Returns(this);
        var leases = new Locking.ScriptedLeases(time);
        Client.Leases.Returns(leases);
    }

    public IClusterClient Client { get; }

    public Node? Node { get; set; } = NodeThatIs(ConditionStatus.True);

    public List<NodeChange> Changes { get; } = [];

    public int Reads { get; private set; }

    /// <summary>Answers the reads, if set; otherwise they answer <see cref="Node"/> at once.</summary>
    public Func<Task<Node?>>? Answer { get; set; }

    /// <summary>Thrown by every change of the node, if set.</summary>
    public Exception? ChangeFails { get; set; }

    public static Node NodeThatIs(ConditionStatus ready, string uid = "uid-1", string boot = "boot-1") => new()
    {
        Name = new ObjectName("worker-3"),
        Uid = uid,
        BootId = boot,
        ResourceVersion = "10",
        Conditions = [new Condition { Type = "Ready", Status = ready }],
    };

    /// <summary>The server changes the node and the watch tells.</summary>
    public void Tell(Node? node)
    {
        var kind = node is null ? WatchEventKind.Deleted : WatchEventKind.Modified;
        _watch.Writer.TryWrite(new WatchEvent<Node> { Kind = kind, Object = node ?? Node });
        Node = node;
    }

    /// <summary>The watch is over, as if the server had nothing more to say.</summary>
    public void EndWatch() => _watch.Writer.Complete();

    public void BreakWatch(ClusterException exception) => _watch.Writer.Complete(exception);

    public Task<Node?> FindAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        Reads++;
        return Answer?.Invoke() ?? Task.FromResult(Node);
    }

    public Task<Snapshot<Node>> ListAsync(Selection selection, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public async IAsyncEnumerable<WatchEvent<Node>> WatchAsync(
        Selection selection, Snapshot<Node>? from = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return new WatchEvent<Node> { Kind = WatchEventKind.Added, Object = Node };
        await foreach (var change in _watch.Reader.ReadAllAsync(cancellationToken))
        {
            yield return change;
        }
    }

    public Task<Node> ChangeAsync(ObjectIdentity node, NodeChange change, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        Changes.Add(change);
        return ChangeFails is null ? Task.FromResult(Node!) : Task.FromException<Node>(ChangeFails);
    }

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(_time.GetUtcNow());

    public Task<ServerVersion> GetVersionAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(new ServerVersion { Text = "v1.28.8", Major = 1, Minor = 28 });
}
