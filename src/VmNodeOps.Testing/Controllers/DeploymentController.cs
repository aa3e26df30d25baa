using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Keeps one ReplicaSet per Deployment, made from the template as it was first seen; later changes of the template are not rolled out.</summary>
internal sealed class DeploymentController : Controller
{
    private readonly EventRecorder _events;
    private readonly WorkQueue<(string Namespace, string Name)> _queue;

    public DeploymentController(IClusterApi api, WorkloadOptions? options = null, bool events = true)
        : base(api, "system:serviceaccount:kube-system:deployment-controller")
    {
        _events = new EventRecorder(Api, "deployment-controller", events);
        _queue = Queue<(string, string)>((options ?? new WorkloadOptions()).Delay, Sync);
    }

    public override void Start()
    {
        Observe(ResourceTypes.Deployments, change => _queue.Add((change.Object.Namespace!, change.Object.Name)));
        Observe(ResourceTypes.ReplicaSets, change =>
        {
            if (change.Object.Controller() is { Kind: "Deployment" } owner)
            {
                _queue.Add((change.Object.Namespace!, owner.Name));
            }
        });
    }

    private void Sync((string Namespace, string Name) key)
    {
        if (Api.Get(ResourceTypes.Deployments, key.Namespace, key.Name) is not { IsDeleting: false } deployment)
        {
            return;
        }

        var set = Api.ListOwnedBy(deployment.Uid).FirstOrDefault(item => ReferenceEquals(item.Type, ResourceTypes.ReplicaSets));
        if (set is null)
        {
            set = Api.Create(ResourceTypes.ReplicaSets, NewSet(deployment));
            _events.Normal(deployment, "ScalingReplicaSet", $"Scaled up replica set {set.Name} from 0 to {Replicas(deployment)}");
        }
        else if (Replicas(set) != Replicas(deployment))
        {
            var direction = Replicas(set) < Replicas(deployment) ? "up" : "down";
            _events.Normal(
                deployment, "ScalingReplicaSet", $"Scaled {direction} replica set {set.Name} from {Replicas(set)} to {Replicas(deployment)}");
            set = Api.Modify(
                ResourceTypes.ReplicaSets, set.Namespace, set.Name, json => json.Section("spec")["replicas"] = Replicas(deployment), set.Uid) ?? set;
        }

        var counts = set.Json["status"];
        Api.Modify(ResourceTypes.Deployments, deployment.Namespace, deployment.Name, json => WriteStatus(json, counts), deployment.Uid);
    }

    private static long Replicas(StoredObject item) => item.Json["spec"].Number("replicas") ?? 1;

    private static JsonObject NewSet(StoredObject deployment)
    {
        var template = deployment.Json["spec"].Child("template")?.DeepClone() as JsonObject ?? [];
        var hash = Hash(template.ToJsonString());
        var labels = template.Section("metadata").Section("labels");
        labels["pod-template-hash"] = hash;
        var selector = deployment.Json["spec"].Child("selector")?.DeepClone() as JsonObject ?? [];
        selector.Section("matchLabels")["pod-template-hash"] = hash;
        return new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{deployment.Name}-{hash}",
                ["namespace"] = deployment.Namespace,
                ["labels"] = labels.DeepClone(),
                ["annotations"] = new JsonObject
                {
                    ["deployment.kubernetes.io/desired-replicas"] = Replicas(deployment).ToString(CultureInfo.InvariantCulture),
                    ["deployment.kubernetes.io/revision"] = "1",
                },
                ["ownerReferences"] = new JsonArray(OwnedPods.Reference(deployment)),
            },
            ["spec"] = new JsonObject { ["replicas"] = Replicas(deployment), ["selector"] = selector, ["template"] = template },
        };
    }

    private void WriteStatus(JsonObject deployment, JsonNode? counts)
    {
        var status = deployment.Section("status");
        var wanted = deployment["spec"].Number("replicas") ?? 1;
        var available = counts.Number("availableReplicas") ?? 0;
        status.Put("observedGeneration", deployment["metadata"].Number("generation") ?? 1);
        foreach (var (member, source) in ((string, string)[])
            [("replicas", "replicas"), ("updatedReplicas", "replicas"), ("readyReplicas", "readyReplicas"), ("availableReplicas", "availableReplicas")])
        {
            status.Put(member, counts.Number(source) is > 0 and var count ? count : null);
        }

        status.Put("unavailableReplicas", wanted > available ? wanted - available : null);
        var enough = available >= wanted - MaximumUnavailable(deployment, wanted);
        Condition(
            status, "Available", enough, enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
            enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.");
    }

    private void Condition(JsonObject status, string type, bool value, string reason, string message)
    {
        var changed = Conditions.StatusOf(status, type) != (value ? "True" : "False");
        Conditions.Set(
            status, type, value ? "True" : "False", Time.Stamp(), reason, message,
            changed ? new JsonObject { ["lastUpdateTime"] = Time.Stamp() } : null);
    }

    private static long MaximumUnavailable(JsonObject deployment, long replicas) =>
        IntOrPercent.Of(deployment["spec"].Child("strategy").Child("rollingUpdate")?["maxUnavailable"] ?? "25%", replicas, roundUp: false);

    /// <summary>Ten characters of the alphabet that names use, from the template alone.</summary>
    private static string Hash(string template)
    {
        const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
        return string.Concat(SHA256.HashData(Encoding.UTF8.GetBytes(template)).Take(10).Select(value => Alphabet[value % Alphabet.Length]));
    }
}
