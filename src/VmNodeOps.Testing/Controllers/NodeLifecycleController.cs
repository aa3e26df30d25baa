using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>
/// Judges nodes by their beats: conditions Unknown when they stop, taints by condition, the pods of a node that is not ready marked not ready.
/// </summary>
internal sealed class NodeLifecycleController : Controller
{
    private static readonly string[] ConditionTypes = ["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"];

    private static readonly Dictionary<(string Type, string Status), string> ConditionTaints = new()
    {
        [("Ready", "False")] = Taint.NotReady,
        [("Ready", "Unknown")] = Taint.Unreachable,
        [("MemoryPressure", "True")] = "node.kubernetes.io/memory-pressure",
        [("DiskPressure", "True")] = "node.kubernetes.io/disk-pressure",
        [("PIDPressure", "True")] = "node.kubernetes.io/pid-pressure",
        [("NetworkUnavailable", "True")] = "node.kubernetes.io/network-unavailable",
    };

    private static readonly HashSet<string> OwnKeys = [.. ConditionTaints.Values, Taint.Unschedulable];

    private readonly NodeLifecycleOptions _options;
    private readonly EventRecorder _events;
    private readonly SortedDictionary<string, NodeHealth> _nodes = new(StringComparer.Ordinal);
    private readonly NoExecuteTainting _noExecute;
    private readonly WorkQueue<string> _taints;

    public NodeLifecycleController(IClusterApi api, NodeLifecycleOptions? options = null, bool events = true)
        : base(api, "system:serviceaccount:kube-system:node-controller")
    {
        _options = options ?? new NodeLifecycleOptions();
        _events = new EventRecorder(Api, "node-controller", events);
        _noExecute = new NoExecuteTainting(Api, _options, _nodes);
        _taints = Queue<string>(TimeSpan.Zero, TaintByCondition);
    }

    public override void Start()
    {
        Observe(ResourceTypes.Nodes, OnNode);
        Observe(ResourceTypes.Leases, OnLease);
        Every(_options.MonitorPeriod, Monitor);
    }

    private void OnNode(ObjectChange change)
    {
        var node = change.Object;
        if (change.Kind == ChangeKind.Deleted)
        {
            _nodes.Remove(node.Name);
            _noExecute.Forget(node.Name);
            return;
        }

        if (!_nodes.TryGetValue(node.Name, out var health) || health.Uid != node.Uid)
        {
            _nodes[node.Name] = health = new NodeHealth(node.Name, node.Uid, Time.GetUtcNow());
        }

        _taints.Add(node.Name);
        if (health.Saw(node, Time.GetUtcNow()))
        {
            _events.Normal(node, "NodeNotReady", $"Node {node.Name} status is now: NodeNotReady");
            Time.Post(() => MarkPodsNotReady(node.Name));
        }
    }

    private void OnLease(ObjectChange change)
    {
        if (change.Kind != ChangeKind.Deleted && change.Object.Namespace == "kube-node-lease")
        {
            _nodes.GetValueOrDefault(change.Object.Name)?.SawLease(change.Object, Time.GetUtcNow());
        }
    }

    private void Monitor()
    {
        var now = Time.GetUtcNow();
        foreach (var health in _nodes.Values)
        {
            if (_options.IsBeating is { } isBeating && isBeating(health.Name))
            {
                health.Beat(now);
            }

            var grace = health.HasReported ? _options.MonitorGracePeriod : _options.StartupGracePeriod;
            if (health.Ready != "Unknown" && now - health.LastBeat > grace)
            {
                Api.Modify(ResourceTypes.Nodes, null, health.Name, MarkUnknown, health.Uid);
            }
        }

        _noExecute.Work();
    }

    private void MarkUnknown(JsonObject node)
    {
        var status = node.Section("status");
        foreach (var type in ConditionTypes)
        {
            if (Conditions.Find(status, type) is null)
            {
                var more = new JsonObject { ["lastHeartbeatTime"] = node["metadata"].Text("creationTimestamp") };
                Conditions.Set(status, type, "Unknown", Time.Stamp(), "NodeStatusNeverUpdated", "Kubelet never posted node status.", more);
            }
            else if (Conditions.StatusOf(status, type) != "Unknown")
            {
                Conditions.Set(status, type, "Unknown", Time.Stamp(), "NodeStatusUnknown", "Kubelet stopped posting node status.");
            }
        }
    }

    /// <summary>Recorded on a real server: the condition goes False and keeps no reason; nothing else of the status changes.</summary>
    private void MarkPodsNotReady(string nodeName)
    {
        foreach (var pod in Api.ListOnNode(ResourceTypes.Pods, nodeName))
        {
            if (!pod.IsReady)
            {
                continue;
            }

            Api.Modify(ResourceTypes.Pods, pod.Namespace, pod.Name, json =>
            {
                if (Conditions.Find(json["status"], "Ready") is { } ready)
                {
                    ready["status"] = "False";
                    ready["lastTransitionTime"] = Time.Stamp();
                }
            }, pod.Uid);
            _events.Warning(pod, "NodeNotReady", "Node is not ready");
        }
    }

    /// <summary>First the NoSchedule taints, all in one write; NoExecute follows in a write of its own, at the pace of the zone.</summary>
    private void TaintByCondition(string name)
    {
        if (Api.Get(ResourceTypes.Nodes, null, name) is not { } node)
        {
            return;
        }

        var wanted = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var condition in node.Json["status"].Children("conditions"))
        {
            if (ConditionTaints.TryGetValue((condition.Text("type") ?? "", condition.Text("status") ?? ""), out var key))
            {
                wanted.Add(key);
            }
        }

        if (node.Json["spec"].Flag("unschedulable"))
        {
            wanted.Add(Taint.Unschedulable);
        }

        var present = Taint.Of(node.Json).Where(taint => taint.Effect == Taint.NoSchedule && OwnKeys.Contains(taint.Key)).Select(taint => taint.Key);
        if (!wanted.SetEquals(present))
        {
            Api.Modify(ResourceTypes.Nodes, null, name, json => TaintList.Replace(
                json, taint => taint.Effect == Taint.NoSchedule && OwnKeys.Contains(taint.Key),
                wanted.Select(key => new Taint(key, "", Taint.NoSchedule)), Time.Stamp()), node.Uid);
        }

        _noExecute.Consider(name);
    }
}
