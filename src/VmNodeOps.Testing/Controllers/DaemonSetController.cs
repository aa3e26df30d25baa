using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Keeps one pod of each DaemonSet on every node that its template allows, cordoned and unreachable ones included.</summary>
internal sealed class DaemonSetController : Controller
{
    private readonly EventRecorder _events;
    private readonly WorkQueue<(string Namespace, string Name)> _queue;
    private readonly SortedDictionary<string, DaemonNode> _nodes = new(StringComparer.Ordinal);
    private readonly SortedSet<(string Namespace, string Name)> _sets = [];

    public DaemonSetController(IClusterApi api, WorkloadOptions? options = null, bool events = true)
        : base(api, "system:serviceaccount:kube-system:daemon-set-controller")
    {
        _events = new EventRecorder(Api, "daemonset-controller", events);
        _queue = Queue<(string, string)>((options ?? new WorkloadOptions()).Delay, Sync);
    }

    public override void Start()
    {
        Observe(ResourceTypes.DaemonSets, OnSet);
        Observe(ResourceTypes.Nodes, OnNode);
        Observe(ResourceTypes.Pods, change =>
        {
            if (change.Object.Controller() is { Kind: "DaemonSet" } owner)
            {
                _queue.Add((change.Object.Namespace!, owner.Name));
            }
        });
    }

    private void OnSet(ObjectChange change)
    {
        var key = (change.Object.Namespace!, change.Object.Name);
        if (change.Kind == ChangeKind.Deleted)
        {
            _sets.Remove(key);
        }
        else
        {
            _sets.Add(key);
            _queue.Add(key);
        }
    }

    /// <summary>Only what decides about placement counts; a heartbeat does not.</summary>
    private void OnNode(ObjectChange change)
    {
        var name = change.Object.Name;
        if (change.Kind == ChangeKind.Deleted)
        {
            _nodes.Remove(name);
            return;
        }

        var node = new DaemonNode(name, change.Object.Labels, [.. Taint.Of(change.Object.Json)]);
        if (_nodes.TryGetValue(name, out var known) && known.SameAs(node))
        {
            return;
        }

        _nodes[name] = node;
        foreach (var key in _sets)
        {
            _queue.Add(key);
        }
    }

    private void Sync((string Namespace, string Name) key)
    {
        if (Api.Get(ResourceTypes.DaemonSets, key.Namespace, key.Name) is not { IsDeleting: false } set)
        {
            return;
        }

        var placement = new DaemonPlacement(set);
        var pods = OwnedPods.Of(Api, set).ToLookup(pod => DaemonPlacement.NodeOf(pod) ?? "");
        var counts = new DaemonCounts();
        foreach (var node in _nodes.Values)
        {
            SyncNode(set, placement, node, [.. pods[node.Name]], counts);
        }

        Api.Modify(ResourceTypes.DaemonSets, set.Namespace, set.Name, json => counts.Write(json), set.Uid);
    }

    private void SyncNode(StoredObject set, DaemonPlacement placement, DaemonNode node, List<StoredObject> pods, DaemonCounts counts)
    {
        var wanted = placement.Wants(node);
        // As it is on nearly all nodes, however many there are.
        if (wanted && pods is [{ IsDeleting: false } only] && only.Phase() != "Failed")
        {
            counts.Add(wanted, only);
            return;
        }

        foreach (var failed in pods.Where(pod => pod.Phase() == "Failed" && !pod.IsDeleting).ToList())
        {
            _events.Warning(set, "FailedDaemonPod", $"Found failed daemon pod {failed.Namespace}/{failed.Name} on node {node.Name}, will try to kill it");
            Disruption.Delete(Api, failed, graceSeconds: null);
            pods.Remove(failed);
        }

        var live = pods.Where(pod => !pod.IsDeleting).ToList();
        if (wanted && pods.Count == 0)
        {
            var pod = Api.Create(ResourceTypes.Pods, placement.NewPod(node.Name));
            _events.Normal(set, "SuccessfulCreate", $"Created pod: {pod.Name}");
            live.Add(pod);
        }

        foreach (var surplus in wanted ? live.Skip(1) : placement.MayStay(node) ? [] : live)
        {
            Disruption.Delete(Api, surplus, graceSeconds: null);
            _events.Normal(set, "SuccessfulDelete", $"Deleted pod: {surplus.Name}");
        }

        counts.Add(wanted, live.FirstOrDefault());
    }
}
