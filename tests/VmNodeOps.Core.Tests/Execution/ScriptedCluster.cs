using System.Runtime.CompilerServices;
using System.Threading.Channels;
using NSubstitute;
using VmNodeOps.Cluster;
using VmNodeOps.Tests.Journaling;

namespace VmNodeOps.Tests.Execution;

/// <summary>A cluster of one node that says what the test tells it to say; for tests of the run itself, where no server is needed.</summary>
internal sealed class ScriptedCluster : INodes, IServer
{
    private readonly List<Channel<WatchEvent<Node>>> _watches = [Channel.CreateUnbounded<WatchEvent<Node>>()];
    private bool _watched;
    private readonly TimeProvider _time;

    public ScriptedCluster(TimeProvider time)
    {
        _time = time;
        Client = Substitute.For<IClusterClient>();
        Client.Nodes.Returns(this);
        Client.Server.Returns(this);
        var leases = new Locking.ScriptedLeases(time);
        Client.Leases.Returns(leases);
        Client.AccessReviews.ReviewAsync(null!, default).ReturnsForAnyArgs(new AccessAnswer { Allowed = true });
        Client.ConfigMaps.Returns(ConfigMaps);
        Client.Namespaces.Returns(ConfigMaps);
    }

    public IClusterClient Client { get; }

    public ScriptedConfigMaps ConfigMaps { get; } = new();

    /// <summary>Whether changes of the node are carried out and told, and not only noted.</summary>
    public bool AppliesChanges { get; init; }

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
        var told = new WatchEvent<Node> { Kind = kind, Object = node ?? Node };
        Node = node;
        Each(watch => watch.TryWrite(told));
    }

    /// <summary>The watch is over, as if the server had nothing more to say.</summary>
    public void EndWatch() => Each(watch => watch.TryComplete());

    public void BreakWatch(ClusterException exception) => Each(watch => watch.TryComplete(exception));

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
        await foreach (var change in Watch().ReadAllAsync(cancellationToken))
        {
            yield return change;
        }
    }

    private void Each(Action<ChannelWriter<WatchEvent<Node>>> act)
    {
        lock (_watches)
        {
            _watches.ForEach(watch => act(watch.Writer));
        }
    }

    /// <summary>The first watch hears what was told before it began; later ones hear what is told from then on.</summary>
    private ChannelReader<WatchEvent<Node>> Watch()
    {
        lock (_watches)
        {
            if (_watched)
            {
                _watches.Add(Channel.CreateUnbounded<WatchEvent<Node>>());
            }

            _watched = true;
            return _watches[^1].Reader;
        }
    }

    public Task<Node> ChangeAsync(ObjectIdentity node, NodeChange change, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        Changes.Add(change);
        if (ChangeFails is not null)
        {
            return Task.FromException<Node>(ChangeFails);
        }

        if (AppliesChanges)
        {
            Tell(Node! with
            {
                Unschedulable = change.Unschedulable ?? Node.Unschedulable,
                Labels = Changed(Node.Labels, change.Labels),
                Annotations = Changed(Node.Annotations, change.Annotations),
                ResourceVersion = $"{Changes.Count + 10}",
            });
        }

        return Task.FromResult(Node!);
    }

    private static Dictionary<string, string> Changed(IReadOnlyDictionary<string, string> now, IReadOnlyDictionary<string, string?> change)
    {
        var changed = now.ToDictionary();
        foreach (var (key, value) in change)
        {
            changed.Remove(key);
            if (value is not null)
            {
                changed[key] = value;
            }
        }

        return changed;
    }

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(_time.GetUtcNow());

    public Task<ServerVersion> GetVersionAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(new ServerVersion { Text = "v1.28.8", Major = 1, Minor = 28 });
}
