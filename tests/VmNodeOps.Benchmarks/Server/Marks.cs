using VmNodeOps.Testing;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Hosting;
using VmNodeOps.Testing.KubeVirt;

namespace VmNodeOps.Benchmarks.Server;

/// <summary>Notes at the server when the pods and attachments of some nodes are gone and their machines run elsewhere. Disposing ends the noting.</summary>
internal sealed class Marks : IDisposable
{
    private readonly SimulatedCluster _cluster;
    private readonly HashSet<string> _nodes;
    private readonly HashSet<string> _pods;
    private readonly HashSet<string> _attachments;
    private readonly HashSet<string> _machines;
    private readonly List<IDisposable> _observers;
    private readonly DateTimeOffset _clusterBegan;
    private readonly Action _allGone;
    private DateTimeOffset? _podsGone;
    private DateTimeOffset? _attachmentsGone;
    private DateTimeOffset? _arrived;
    private TimeSpan? _arrivedInClusterTime;

    public Marks(SimulatedCluster cluster, string[] nodes, Action allGone)
    {
        _cluster = cluster;
        _allGone = allGone;
        _nodes = [.. nodes];
        var api = cluster.Api;
        var pods = nodes.SelectMany(node => api.ListOnNode(ResourceTypes.Pods, node)).Where(pod => pod.Label("kubevirt.io") == "virt-launcher").ToList();
        _pods = [.. pods.Select(pod => pod.Uid)];
        _attachments = [.. api.List(ResourceTypes.VolumeAttachments).Where(each => _nodes.Contains(each.Json.Text("spec.nodeName") ?? "")).Select(each => each.Uid)];
        _machines = [.. pods.Select(pod => $"{pod.Namespace}/{pod.Json["metadata"]!["annotations"]!["kubevirt.io/domain"]}")];
        Began = DateTimeOffset.UtcNow;
        _clusterBegan = cluster.Time.GetUtcNow();
        _observers =
        [
            api.Observe(ResourceTypes.Pods, change => Gone(_pods, change, ref _podsGone)),
            api.Observe(ResourceTypes.VolumeAttachments, change => Gone(_attachments, change, ref _attachmentsGone)),
            api.Observe(ResourceTypes.VirtualMachineInstances, Arrived),
        ];
    }

    public DateTimeOffset Began { get; }

    public bool AllArrived => _machines.Count == 0;

    public void Dispose() => _observers.ForEach(observer => observer.Dispose());

    public ServerMarks Tell()
    {
        var requests = _cluster.Requests.All;
        var destroyed = requests.Where(IsDestructive).ToList();
        return new ServerMarks
        {
            Began = Began,
            FirstRequest = requests.Count > 0 ? requests.Min(request => request.Time) - _clusterBegan : null,
            PodsGone = _podsGone - Began,
            AttachmentsGone = _attachmentsGone - Began,
            PodsLeft = _pods.Count,
            AttachmentsLeft = _attachments.Count,
            LastDestructive = destroyed.Count > 0 ? destroyed.Max(request => request.Ended) - _clusterBegan : null,
            Arrived = _arrived,
            ArrivedInClusterTime = _arrivedInClusterTime,
            Requests = _cluster.Requests.Counts,
            BytesIn = requests.Sum(request => request.BytesIn),
            BytesOut = requests.Sum(request => request.BytesOut),
            Timeline =
            [
                .. requests.Select(request => new TimedRequest(
                    (request.Time - _clusterBegan).TotalMilliseconds, (request.Ended - _clusterBegan)?.TotalMilliseconds, IsDestructive(request), request.ToString())),
            ],
        };
    }

    private static bool IsDestructive(LoggedRequest request) =>
        request is { Verb: "create", Resource: "pods", Subresource: "eviction" } or { Verb: "delete", Resource: "pods" or "volumeattachments" };

    private void Gone(HashSet<string> awaited, ObjectChange change, ref DateTimeOffset? last)
    {
        if (change.Kind == ChangeKind.Deleted && awaited.Remove(change.Object.Uid) && awaited.Count == 0)
        {
            last = DateTimeOffset.UtcNow;
            if (_pods.Count + _attachments.Count == 0)
            {
                _allGone();
            }
        }
    }

    private void Arrived(ObjectChange change)
    {
        if (change.Kind != ChangeKind.Deleted && change.Object.Json is var json && InstancePhase.Of(change.Object) == "Running" && Conditions.IsTrue(json, "Ready")
            && !_nodes.Contains(json.Text("status.nodeName") ?? "") && _machines.Remove($"{change.Object.Namespace}/{change.Object.Name}") && _machines.Count == 0)
        {
            _arrived = DateTimeOffset.UtcNow;
            _arrivedInClusterTime = _cluster.Time.GetUtcNow() - _clusterBegan;
        }
    }
}
