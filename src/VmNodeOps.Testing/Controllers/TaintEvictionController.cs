using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>
/// Deletes pods that do not tolerate a NoExecute taint of their node: at once, or when the shortest toleration is used up. It deletes as anybody
/// does, with the pod's grace, so that on a node without a kubelet the object stays.
/// </summary>
internal sealed class TaintEvictionController : Controller
{
    private readonly EventRecorder _events;
    private readonly Dictionary<string, IReadOnlyList<Taint>> _tainted = [];
    private readonly Dictionary<string, (DateTimeOffset Since, ITimer Timer)> _scheduled = [];
    private readonly WorkQueue<string> _nodes;

    public TaintEvictionController(IClusterApi api, bool events = true)
        : base(api, "system:serviceaccount:kube-system:node-controller")
    {
        _events = new EventRecorder(Api, "taint-eviction-controller", events);
        _nodes = Queue<string>(TimeSpan.Zero, WorkNode);
    }

    public override void Start()
    {
        Observe(ResourceTypes.Nodes, OnNode);
        Observe(ResourceTypes.Pods, OnPod);
    }

    private void OnNode(ObjectChange change)
    {
        var node = change.Object;
        IReadOnlyList<Taint> taints = change.Kind == ChangeKind.Deleted ? [] : [.. Taint.Of(node.Json).Where(taint => taint.Effect == Taint.NoExecute)];
        var known = _tainted.GetValueOrDefault(node.Name) ?? [];
        if (known.SequenceEqual(taints))
        {
            return;
        }

        if (taints.Count == 0)
        {
            _tainted.Remove(node.Name);
        }
        else
        {
            _tainted[node.Name] = taints;
        }

        _nodes.Add(node.Name);
    }

    private void OnPod(ObjectChange change)
    {
        var pod = change.Object;
        if (change.Kind == ChangeKind.Deleted)
        {
            CallOff(pod.Uid);
        }
        else if (pod.NodeName is { } node && _tainted.ContainsKey(node))
        {
            _nodes.Add(node);
        }
    }

    private void WorkNode(string name)
    {
        var taints = _tainted.GetValueOrDefault(name) ?? [];
        foreach (var pod in Api.ListOnNode(ResourceTypes.Pods, name))
        {
            if (taints.Count == 0)
            {
                if (CallOff(pod.Uid))
                {
                    _events.Normal(pod, "TaintManagerEviction", $"Cancelling deletion of Pod {pod.Namespace}/{pod.Name}");
                }
            }
            else if (!pod.IsDeleting)
            {
                Judge(pod, taints);
            }
        }
    }

    private void Judge(StoredObject pod, IReadOnlyList<Taint> taints)
    {
        var tolerations = Toleration.Of(pod);
        var used = taints.Select(taint => tolerations.Where(toleration => toleration.Tolerates(taint)).Take(1).ToList()).ToList();
        if (used.Exists(matching => matching.Count == 0))
        {
            CallOff(pod.Uid);
            Evict(pod);
            return;
        }

        var limits = used.SelectMany(matching => matching).Where(toleration => toleration.Seconds is not null)
            .Select(toleration => Math.Max(0, toleration.Seconds!.Value)).ToList();
        if (limits.Count == 0)
        {
            CallOff(pod.Uid);
            return;
        }

        if (!_scheduled.ContainsKey(pod.Uid))
        {
            var timer = Time.After(TimeSpan.FromSeconds(limits.Min()), () => Due(pod));
            _scheduled[pod.Uid] = (Time.GetUtcNow(), timer);
        }
    }

    private void Due(StoredObject pod)
    {
        _scheduled.Remove(pod.Uid);
        if (Api.Get(ResourceTypes.Pods, pod.Namespace, pod.Name) is { IsDeleting: false } current && current.Uid == pod.Uid)
        {
            Evict(current);
        }
    }

    private void Evict(StoredObject pod)
    {
        _events.Normal(pod, "TaintManagerEviction", $"Marking for deletion Pod {pod.Namespace}/{pod.Name}");
        Api.Modify(ResourceTypes.Pods, pod.Namespace, pod.Name, json => Disruption.Mark(
            json, Time.Stamp(), "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint"), pod.Uid);
        Disruption.Delete(Api, pod, graceSeconds: null);
    }

    private bool CallOff(string uid)
    {
        if (!_scheduled.Remove(uid, out var scheduled))
        {
            return false;
        }

        scheduled.Timer.Dispose();
        return true;
    }
}
