using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>
/// Removes pods that no kubelet will: those that terminate on a node that is out of service, those whose node is gone, and those that were
/// deleted before they had a node.
/// </summary>
internal sealed class PodGarbageController : Controller
{
    private readonly PodGarbageOptions _options;
    private readonly Dictionary<string, (string Namespace, string Name)> _terminating = [];
    private readonly Dictionary<string, int> _podsPerNode = [];
    private readonly Dictionary<string, string> _nodeOfPod = [];
    private readonly Dictionary<string, DateTimeOffset> _missing = [];

    public PodGarbageController(IClusterApi api, PodGarbageOptions? options = null)
        : base(api, "system:serviceaccount:kube-system:pod-garbage-collector") =>
        _options = options ?? new PodGarbageOptions();

    public override void Start()
    {
        Observe(ResourceTypes.Pods, OnPod);
        Every(_options.Period, Collect);
    }

    private void OnPod(ObjectChange change)
    {
        var pod = change.Object;
        var gone = change.Kind == ChangeKind.Deleted;
        if (pod.IsDeleting && !gone)
        {
            _terminating[pod.Uid] = (pod.Namespace!, pod.Name);
        }
        else
        {
            _terminating.Remove(pod.Uid);
        }

        if (gone && _nodeOfPod.Remove(pod.Uid, out var former))
        {
            if (--_podsPerNode[former] == 0)
            {
                _podsPerNode.Remove(former);
            }
        }
        else if (!gone && pod.NodeName is { } node && _nodeOfPod.TryAdd(pod.Uid, node))
        {
            _podsPerNode[node] = _podsPerNode.GetValueOrDefault(node) + 1;
        }
    }

    private void Collect()
    {
        CollectTerminating();
        CollectOrphans();
    }

    private void CollectTerminating()
    {
        foreach (var (uid, (ns, name)) in _terminating.OrderBy(item => item.Value).ToList())
        {
            if (Api.Get(ResourceTypes.Pods, ns, name) is not { IsDeleting: true } pod || pod.Uid != uid)
            {
                continue;
            }

            if (pod.NodeName is null || IsOutOfService(pod.NodeName))
            {
                Remove(pod, orphaned: false);
            }
        }
    }

    private bool IsOutOfService(string nodeName) =>
        Api.Get(ResourceTypes.Nodes, null, nodeName) is { } node
        && Conditions.StatusOf(node.Json["status"], "Ready") != "True"
        && Taint.IsOutOfService(node);

    private void CollectOrphans()
    {
        var now = Time.GetUtcNow();
        foreach (var node in _podsPerNode.Keys.Order(StringComparer.Ordinal).ToList())
        {
            if (Api.Get(ResourceTypes.Nodes, null, node) is not null)
            {
                _missing.Remove(node);
            }
            else if (!_missing.TryAdd(node, now) && now - _missing[node] >= _options.Quarantine)
            {
                foreach (var pod in Api.ListOnNode(ResourceTypes.Pods, node))
                {
                    Remove(pod, orphaned: true);
                }
            }
        }
    }

    /// <summary>Failed first, so that whoever watches learns that it did not end well; then gone, with no grace.</summary>
    private void Remove(StoredObject pod, bool orphaned)
    {
        if (!pod.IsFinal())
        {
            Api.Modify(ResourceTypes.Pods, pod.Namespace, pod.Name, json =>
            {
                json.Section("status")["phase"] = "Failed";
                if (orphaned)
                {
                    Disruption.Mark(json, Time.Stamp(), "DeletionByPodGC", "PodGC: node no longer exists");
                }
            }, pod.Uid);
        }

        Disruption.Delete(Api, pod, graceSeconds: 0);
    }
}
