using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>On which nodes a DaemonSet wants a pod, and how that pod is tied to its node.</summary>
internal sealed class DaemonPlacement
{
    private readonly StoredObject _set;
    private readonly JsonObject _pod;
    private readonly NodeAffinity _affinity;
    private readonly IReadOnlyList<Toleration> _tolerations;

    public DaemonPlacement(StoredObject set)
    {
        _set = set;
        _pod = OwnedPods.FromTemplate(set, $"{set.Name}-");
        _affinity = NodeAffinity.Of(_pod["spec"]);
        Tolerate(_pod.Section("spec"));
        _tolerations = Toleration.Of(_pod);
    }

    /// <summary>The node that a daemon pod has or is meant for.</summary>
    public static string? NodeOf(StoredObject pod) =>
        pod.NodeName ?? Terms(pod.Json["spec"]).SelectMany(term => term.Children("matchFields"))
            .Where(field => field.Text("key") == "metadata.name").SelectMany(field => field.Texts("values")).FirstOrDefault();

    public bool Wants(DaemonNode node) => _affinity.Matches(node.Name, node.Labels) && node.Taints.All(IsHarmless);

    /// <summary>A pod that would no longer be placed stays, as long as no NoExecute taint drives it out.</summary>
    public bool MayStay(DaemonNode node) =>
        _affinity.Matches(node.Name, node.Labels) && node.Taints.All(taint => taint.Effect != Taint.NoExecute || IsHarmless(taint));

    public JsonObject NewPod(string node)
    {
        var pod = (JsonObject)_pod.DeepClone();
        var field = new JsonObject { ["key"] = "metadata.name", ["operator"] = "In", ["values"] = new JsonArray(node) };
        var terms = Terms(pod["spec"]).ToList();
        if (terms.Count == 0)
        {
            var required = pod.Section("spec").Section("affinity").Section("nodeAffinity").Section("requiredDuringSchedulingIgnoredDuringExecution");
            var term = new JsonObject();
            required["nodeSelectorTerms"] = new JsonArray(term);
            terms.Add(term);
        }

        foreach (var term in terms)
        {
            term["matchFields"] = new JsonArray(field.DeepClone());
        }

        var labels = pod.Section("metadata").Section("labels");
        labels["controller-revision-hash"] = _set.Uid[..8];
        labels["pod-template-generation"] = "1";
        return pod;
    }

    private bool IsHarmless(Taint taint)
    {
        if (taint.Effect is not (Taint.NoSchedule or Taint.NoExecute))
        {
            return true;
        }

        foreach (var toleration in _tolerations)
        {
            if (toleration.Tolerates(taint))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<JsonObject> Terms(JsonNode? spec) =>
        spec.Child("affinity").Child("nodeAffinity").Child("requiredDuringSchedulingIgnoredDuringExecution").Children("nodeSelectorTerms");

    /// <summary>What the real controller adds to every daemon pod.</summary>
    private static void Tolerate(JsonObject spec)
    {
        if (spec["tolerations"] is not JsonArray tolerations)
        {
            spec["tolerations"] = tolerations = [];
        }

        Add(Taint.NotReady, Taint.NoExecute);
        Add(Taint.Unreachable, Taint.NoExecute);
        Add("node.kubernetes.io/disk-pressure", Taint.NoSchedule);
        Add("node.kubernetes.io/memory-pressure", Taint.NoSchedule);
        Add("node.kubernetes.io/pid-pressure", Taint.NoSchedule);
        Add(Taint.Unschedulable, Taint.NoSchedule);
        if (spec.Flag("hostNetwork"))
        {
            Add("node.kubernetes.io/network-unavailable", Taint.NoSchedule);
        }

        void Add(string key, string effect) => tolerations.AddNode(new JsonObject { ["key"] = key, ["operator"] = "Exists", ["effect"] = effect });
    }
}
