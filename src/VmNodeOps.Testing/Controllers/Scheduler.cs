using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Binds pods to the feasible node with the fewest pods, then by name; says why when there is none. Of many nodes it looks, as kube-scheduler does, at no more than it needs for a choice.</summary>
internal sealed class Scheduler : Controller
{
    private readonly SchedulerOptions _options;
    private readonly EventRecorder _events;
    private readonly SortedDictionary<string, SchedulingNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Node, IReadOnlyDictionary<string, decimal> Requests)> _placed = [];
    private readonly PodAntiAffinity _antiAffinity;
    private readonly SortedSet<(string Namespace, string Name)> _unschedulable = [];
    private readonly WorkQueue<(string Namespace, string Name)> _queue;
    private SchedulingNode[]? _order;
    private int _start;
    private bool _retryPlanned;

    public Scheduler(IClusterApi api, SchedulerOptions? options = null, bool events = true)
        : base(api, "system:kube-scheduler")
    {
        _options = options ?? new SchedulerOptions();
        _events = new EventRecorder(Api, "default-scheduler", events);
        _antiAffinity = new PodAntiAffinity(name => _nodes.GetValueOrDefault(name)?.Labels);
        _queue = Queue<(string, string)>(_options.Delay, Schedule);
    }

    public override void Start()
    {
        Observe(ResourceTypes.Nodes, OnNode);
        Observe(ResourceTypes.Pods, OnPod);
    }

    private void OnNode(ObjectChange change)
    {
        if (Node(change.Object.Name).Update(change.Kind == ChangeKind.Deleted ? null : change.Object))
        {
            PlanRetry();
        }
    }

    private void OnPod(ObjectChange change)
    {
        var pod = change.Object;
        var gone = change.Kind == ChangeKind.Deleted;
        _antiAffinity.Take(change);
        if (pod.NodeName is null)
        {
            if (gone || pod.IsDeleting)
            {
                _unschedulable.Remove((pod.Namespace!, pod.Name));
            }
            else if (change.Kind == ChangeKind.Added && (pod.Json["spec"].Text("schedulerName") ?? "default-scheduler") == "default-scheduler")
            {
                _queue.Add((pod.Namespace!, pod.Name));
            }
        }
        else if (!gone && !pod.IsFinal())
        {
            Place(pod, pod.NodeName);
        }
        else if (_placed.Remove(pod.Uid, out var placed))
        {
            Node(placed.Node).Give(placed.Requests);
            PlanRetry();
        }
    }

    private void Place(StoredObject pod, string node)
    {
        if (!_placed.ContainsKey(pod.Uid))
        {
            var requests = PodRequests.Of(pod);
            _placed[pod.Uid] = (node, requests);
            Node(node).Take(requests);
        }
    }

    private SchedulingNode Node(string name)
    {
        if (!_nodes.TryGetValue(name, out var node))
        {
            _nodes[name] = node = new SchedulingNode(name);
            _order = null;
        }

        return node;
    }

    /// <summary>Something changed that a pod may wait for: all that found no place are looked at again, together and a little later.</summary>
    private void PlanRetry()
    {
        if (_retryPlanned || _unschedulable.Count == 0)
        {
            return;
        }

        _retryPlanned = true;
        Time.After(_options.RetryDelay, () =>
        {
            _retryPlanned = false;
            foreach (var key in _unschedulable.ToList())
            {
                _queue.Add(key);
            }
        });
    }

    private void Schedule((string Namespace, string Name) key)
    {
        if (Api.Get(ResourceTypes.Pods, key.Namespace, key.Name) is not { NodeName: null, IsDeleting: false } pod)
        {
            _unschedulable.Remove(key);
            return;
        }

        var feasibility = new PodFeasibility(pod, _antiAffinity);
        if (Choose(feasibility) is not { } best)
        {
            Refuse(pod, feasibility.Explain([.. _nodes.Values.Where(static node => node.Exists)]));
        }
        else
        {
            Bind(pod, best);
        }
    }

    private SchedulingNode? Choose(PodFeasibility feasibility)
    {
        // Where the pod names its nodes no other one is looked at.
        return feasibility.NamedNodes is { } named
            ? named.Select(name => _nodes.GetValueOrDefault(name)).Where(node => node is { Exists: true } && feasibility.Fits(node)).MinBy(node => (node!.Pods, node.Name))
            : ChooseAmongAll(feasibility);
    }

    private SchedulingNode? ChooseAmongAll(PodFeasibility feasibility)
    {
        var nodes = _order ??= [.. _nodes.Values];
        var (enough, found, looked) = (Enough(nodes.Length), 0, 0);
        SchedulingNode? best = null;
        for (; looked < nodes.Length && found < enough; looked++)
        {
            var node = nodes[(_start + looked) % nodes.Length];
            if (node.Exists && feasibility.Fits(node))
            {
                found++;
                best = best is null || node.Pods < best.Pods ? node : best;
            }
        }

        // The next pod goes on where this one had enough, so that every node has its turn.
        _start = looked < nodes.Length ? (_start + looked) % nodes.Length : 0;
        return best;
    }

    /// <summary>Among how many feasible nodes is chosen: all of up to a hundred; of more a share that shrinks from half to a twentieth, but a hundred at least (kube-scheduler, where percentageOfNodesToScore is not set).</summary>
    private static int Enough(int nodes) => nodes <= 100 ? nodes : Math.Max(100, nodes * Math.Max(5, 50 - (nodes / 125)) / 100);

    private void Bind(StoredObject pod, SchedulingNode node)
    {
        var bound = Api.Modify(ResourceTypes.Pods, pod.Namespace, pod.Name, json =>
        {
            json.Section("spec")["nodeName"] = node.Name;
            Conditions.Set(
                json.Section("status"), "PodScheduled", "True", Time.Stamp(), more: new JsonObject { ["lastProbeTime"] = null });
        }, pod.Uid);
        _unschedulable.Remove((pod.Namespace!, pod.Name));
        if (bound is not null)
        {
            // The next pod of this instant must see it, before the event of the binding comes around.
            Place(bound, node.Name);
            _antiAffinity.Take(new ObjectChange(ChangeKind.Modified, bound, pod));
            _events.Normal(bound, "Scheduled", $"Successfully assigned {pod.Namespace}/{pod.Name} to {node.Name}");
        }
    }

    private void Refuse(StoredObject pod, string message)
    {
        _unschedulable.Add((pod.Namespace!, pod.Name));
        Api.Modify(ResourceTypes.Pods, pod.Namespace, pod.Name, json => Conditions.Set(
            json.Section("status"), "PodScheduled", "False", Time.Stamp(), "Unschedulable", message,
            new JsonObject { ["lastProbeTime"] = null }), pod.Uid);
        _events.Warning(pod, "FailedScheduling", message);
    }
}
