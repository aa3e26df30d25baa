using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Testing.Hosting;
using VmNodeOps.Tests.Recovery;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Proof;

/// <summary>One pair of the matrix: sets the scene, runs a recovery one write at a time, and counts in the request log.</summary>
internal sealed class MatrixScene
{
    private const string Name = "node-1";
    private const int Machines = 6;
    private const int TurnsAfter = 3;
    private static readonly MatrixEvidence[] Enough = [MatrixEvidence.Strong, MatrixEvidence.Expires];
    private readonly Scene _scene;
    private readonly MatrixNode _node;
    private int _deletions;
    private Task _turn = Task.CompletedTask;
    private DateTimeOffset? _turnedAt;
    private DateTimeOffset? _expiredAt;

    private MatrixScene(Scene scene, MatrixNode node) => (_scene, _node) = (scene, node);

    /// <summary>How long each deletion takes, so that what happens in the middle is heard in the middle: a machine needs its time to boot.</summary>
    private TimeSpan EachTakes => TimeSpan.FromSeconds(_node is MatrixNode.Reboots or MatrixNode.Replaced ? 15 : 1);

    /// <summary>A row. What is not enough must leave the scene as it was, so one scene serves all of that; what may destroy has one of its own.</summary>
    public static async Task<IReadOnlyList<MatrixCell>> RunAsync(MatrixNode node)
    {
        var all = Enum.GetValues<MatrixEvidence>();
        var cells = new List<MatrixCell>(await RunAsync(node, [.. all.Except(Enough)]));
        foreach (var evidence in Enough)
        {
            cells.AddRange(await RunAsync(node, [evidence]));
        }

        return [.. cells.OrderBy(cell => cell.Evidence)];
    }

    private static async Task<IReadOnlyList<MatrixCell>> RunAsync(MatrixNode node, IReadOnlyList<MatrixEvidence> evidence)
    {
        await using var scene = await Scene.StartAsync(cluster => Enumerable.Range(1, Machines).Aggregate(
            cluster with { Events = false, KubeVirtNodes = ["node-2", "node-3"] }, (builder, number) => builder.WithVirtualMachine($"vm-{number}", vm => vm.On(Name).WithDisk())));
        var matrix = new MatrixScene(scene, node);
        await matrix.PrepareAsync();
        matrix.SlowDeletionsDown();
        var cells = new List<MatrixCell>();
        foreach (var one in evidence)
        {
            cells.Add(await matrix.RunAsync(one));
        }

        return cells;
    }

    private async Task<MatrixCell> RunAsync(MatrixEvidence evidence)
    {
        var source = await SourceAsync(evidence);
        _scene.Cluster.Requests.Clear();
        var report = await _scene.Trusting.RunAsync(NodeMaintenance.OnNode(Name).RecoverFromCrash(source).With(options => options with { MaxParallelism = 1 }));

        // Whatever was under way when the run ended has arrived.
        await _scene.Cluster.Time.AdvanceAsync(2 * EachTakes);
        await _turn;
        var destroyed = _scene.OurWrites().Where(IsDestruction).ToList();
        return new MatrixCell
        {
            Node = _node,
            Evidence = evidence,
            Report = report,
            Destroyed = destroyed.Count,
            ToDestroy = 2 * Machines,
            DestroyedLate = destroyed.Count(IsLate),
            OtherWrites = _scene.OurWrites().Count - destroyed.Count,
        };
    }

    private static bool IsDestruction(LoggedRequest request) =>
        request.Verb is "delete" or "deletecollection" && request.Resource is "pods" or "volumeattachments" or "virtualmachineinstances" or "virtualmachines" or "nodes";

    /// <summary>The run looks at the node at most two seconds before it destroys.</summary>
    private bool IsLate(LoggedRequest request) => request.Time > _turnedAt + TimeSpan.FromSeconds(3) || request.Time >= _expiredAt;

    private async Task PrepareAsync()
    {
        if (_node == MatrixNode.Ready)
        {
            return;
        }

        if (_node == MatrixNode.Returns)
        {
            _scene.Cluster.CutOffNode(Name);
            await _scene.IsSilentAsync(Name);
        }
        else
        {
            await _scene.CrashAsync(Name);
        }

        // So long that all that is soft has gone stale.
        await _scene.Cluster.Time.AdvanceAsync(TimeSpan.FromMinutes(2));
        if (_node == MatrixNode.False)
        {
            _scene.Cluster.Objects.Change("nodes", Name, SayNotReady, ns: null);
        }
        else if (_node == MatrixNode.Deleted)
        {
            _scene.Cluster.Objects.Delete("nodes", Name, ns: null);
        }
    }

    /// <summary>The last thing that the kubelet could say.</summary>
    private void SayNotReady(JsonObject node)
    {
        var now = _scene.Cluster.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var ready = node["status"]!["conditions"]!.AsArray().First(condition => (string)condition!["type"]! == "Ready")!;
        (ready["status"], ready["reason"], ready["lastHeartbeatTime"], ready["lastTransitionTime"]) = ("False", "KubeletNotReady", now, now);
    }

    private async Task<IEvidenceSource> SourceAsync(MatrixEvidence evidence)
    {
        var weak = Evidence.NodeUnknownFor(TimeSpan.FromMinutes(1));
        return evidence switch
        {
            MatrixEvidence.None => new TestSource(_ => EvidenceAnswer.NotProven("The power controller does not answer; unreachable is not off.")),
            MatrixEvidence.Weak => weak,
            MatrixEvidence.ThreeWeak => Evidence.AllOf(weak, Evidence.LeaseStaleFor(TimeSpan.FromMinutes(1)), Evidence.HeartbeatStaleFor(TimeSpan.FromMinutes(1))),
            MatrixEvidence.Stale => Kept(await EvidenceOfAsync(Name, TimeSpan.FromHours(1))),
            MatrixEvidence.AnotherNode => Kept(await EvidenceOfAsync("node-2", TimeSpan.Zero)),
            MatrixEvidence.Strong => Crashes.Operator,
            MatrixEvidence.Expires => new TestSource(Expiring),
            _ => throw new ArgumentOutOfRangeException(nameof(evidence)),
        };
    }

    private static TestSource Kept(FencingEvidence kept) => new(_ => EvidenceAnswer.Down(kept));

    private EvidenceAnswer Expiring(EvidenceRequest request)
    {
        var evidence = request.Confirm(EvidenceStrength.Strong, "test", "off for now", 7 * EachTakes);
        _expiredAt = evidence.ExpiresAt;
        return EvidenceAnswer.Down(evidence);
    }

    /// <summary>Strong evidence as it was given some time ago.</summary>
    private async Task<FencingEvidence> EvidenceOfAsync(string name, TimeSpan age)
    {
        var node = await _scene.Client.Nodes.FindAsync(new ObjectName(name)) ?? MissingNode.StandIn(new ObjectName(name));
        var now = await _scene.Client.Server.GetTimeAsync();
        return new EvidenceRequest(node, false, new ClusterReads(_scene.Client), now - age, EvidenceStrength.Strong)
            .Confirm(EvidenceStrength.Strong, "test", "off at that time", TimeSpan.FromMinutes(30));
    }

    /// <summary>Each deletion takes its time, so that what happens in the middle is heard in the middle.</summary>
    private void SlowDeletionsDown()
    {
        foreach (var resource in new[] { "pods", "volumeattachments" })
        {
            _scene.Cluster.Faults.Add(new FaultRule
            {
                Verb = "delete",
                Resource = resource,
                Effect = FaultEffect.Choose(_ =>
                {
                    if (Interlocked.Increment(ref _deletions) == TurnsAfter)
                    {
                        Turn();
                    }

                    return FaultEffect.DelayAnswer(EachTakes);
                }),
            });
        }
    }

    private void Turn()
    {
        var before = Look();
        switch (_node)
        {
            case MatrixNode.Returns:
                _scene.Cluster.ReconnectNode(Name);
                break;
            case MatrixNode.Reboots:
                _scene.Cluster.PowerOnNode(Name);
                break;
            case MatrixNode.Replaced:
                _scene.Cluster.ReplaceNode(Name);
                break;
            default:
                return;
        }

        _turn = NoticeAsync(before);
    }

    /// <summary>From then on everybody who looks can see it.</summary>
    private async Task NoticeAsync((string? Uid, string? Boot, string? Ready) before)
    {
        await _scene.Cluster.UntilAsync(() => Look() is { Uid: not null } now && now != before, "the node shows itself", TimeSpan.FromMinutes(5));
        _turnedAt = _scene.Cluster.Time.GetUtcNow();
    }

    private (string? Uid, string? Boot, string? Ready) Look() => (
        _scene.Cluster.Objects.Text("nodes", Name, "metadata.uid", ns: null), _scene.Cluster.Objects.Text("nodes", Name, "status.nodeInfo.bootID", ns: null), _scene.Ready(Name));
}
