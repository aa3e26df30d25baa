using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Keeps as many live pods as a ReplicaSet asks for. A pod that terminates no longer counts: its replacement is made at once.</summary>
internal sealed class ReplicaSetController : Controller
{
    private readonly EventRecorder _events;
    private readonly WorkQueue<(string Namespace, string Name)> _queue;

    public ReplicaSetController(IClusterApi api, WorkloadOptions? options = null, bool events = true)
        : base(api, "system:serviceaccount:kube-system:replicaset-controller")
    {
        _events = new EventRecorder(Api, "replicaset-controller", events);
        _queue = Queue<(string, string)>((options ?? new WorkloadOptions()).Delay, Sync);
    }

    public override void Start()
    {
        Observe(ResourceTypes.ReplicaSets, change => _queue.Add((change.Object.Namespace!, change.Object.Name)));
        Observe(ResourceTypes.Pods, change =>
        {
            if (change.Object.Controller() is { Kind: "ReplicaSet" } owner)
            {
                _queue.Add((change.Object.Namespace!, owner.Name));
            }
        });
    }

    private void Sync((string Namespace, string Name) key)
    {
        if (Api.Get(ResourceTypes.ReplicaSets, key.Namespace, key.Name) is not { } set)
        {
            return;
        }

        var pods = OwnedPods.Of(Api, set).Where(pod => pod.IsActive()).ToList();
        if (!set.IsDeleting)
        {
            pods = Scale(set, pods);
        }

        var template = LabelMatcher.Of(new JsonObject { ["matchLabels"] = set.Json["spec"].Child("template").Child("metadata").Child("labels")?.DeepClone() ?? new JsonObject() });
        var ready = pods.Count(pod => pod.IsReady);
        Api.Modify(ResourceTypes.ReplicaSets, set.Namespace, set.Name, json =>
        {
            var status = json.Section("status");
            status.Put("replicas", pods.Count);
            Count(status, "fullyLabeledReplicas", pods.Count(pod => template.Matches(pod.Labels)));
            Count(status, "readyReplicas", ready);
            Count(status, "availableReplicas", ready);
            status.Put("observedGeneration", json["metadata"].Number("generation") ?? 1);
        }, set.Uid);
    }

    private static void Count(JsonObject status, string member, int count) => status.Put(member, count == 0 ? null : count);

    private List<StoredObject> Scale(StoredObject set, List<StoredObject> pods)
    {
        var missing = (int)(set.Json["spec"].Number("replicas") ?? 1) - pods.Count;
        for (var made = 0; made < missing; made++)
        {
            var pod = Api.Create(ResourceTypes.Pods, OwnedPods.FromTemplate(set, $"{set.Name}-"));
            _events.Normal(set, "SuccessfulCreate", $"Created pod: {pod.Name}");
            pods.Add(pod);
        }

        foreach (var pod in missing < 0 ? Surplus(pods, -missing) : [])
        {
            Disruption.Delete(Api, pod, graceSeconds: null);
            _events.Normal(set, "SuccessfulDelete", $"Deleted pod: {pod.Name}");
            pods.Remove(pod);
        }

        return pods;
    }

    /// <summary>Those go first that do least: without a node, not running, not ready; then the youngest.</summary>
    private static List<StoredObject> Surplus(List<StoredObject> pods, int count) =>
    [
        .. pods.OrderBy(pod => pod.NodeName is not null)
            .ThenBy(pod => pod.Phase() == "Running")
            .ThenBy(pod => pod.IsReady)
            .ThenByDescending(pod => pod.Json["metadata"].Text("creationTimestamp"), StringComparer.Ordinal)
            .ThenBy(pod => pod.Name, StringComparer.Ordinal)
            .Take(count),
    ];
}
