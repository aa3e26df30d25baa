using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Storage;
using VmNodeOps.Testing.Api.Writing;

namespace VmNodeOps.Testing.Api.Deletion;

/// <summary>POST …/pods/NAME/eviction: admission, then budgets, then a graceful delete.</summary>
internal sealed class PodEviction(
    ObjectStore store, AdmissionChain admission, ObjectWriter writer, ObjectDeletion deletion, SimulatedTime time)
{
    private readonly DisruptionBudgets _budgets = new(store, writer, time);

    /// <param name="eviction">The Eviction object as sent.</param>
    public void Evict(string ns, string name, JsonObject eviction, DeleteRequest request, string user)
    {
        lock (store.Gate)
        {
            // Webhooks hear of an eviction before the server has even looked for the pod or compared the names.
            admission.Admit(new AdmissionRequest
            {
                Operation = AdmissionOperation.Create, Type = ResourceTypes.Pods, Subresource = "eviction", Namespace = ns, Name = name,
                Object = eviction, DryRun = request.DryRun, User = user,
            });
            if ((string?)eviction["metadata"]?["name"] != name)
            {
                throw ApiErrors.BadRequest("name in URL does not match name in Eviction object");
            }

            var pod = store.Get(ResourceTypes.Pods, ns, name) ?? throw ApiErrors.NotFound(ResourceTypes.Pods, name);
            if (!PassesBudgets(pod))
            {
                _budgets.Spend(pod, request.DryRun);
                MarkAsDisrupted(pod, request, user);
                // It held when the pod was looked at; the mark has just changed it.
                request = request with { ResourceVersion = null };
            }

            deletion.Delete(ResourceTypes.Pods, ns, name, request, user);
        }
    }

    /// <summary>A pod that does not run yet or no longer, or that is on its way out, disrupts nobody.</summary>
    private static bool PassesBudgets(StoredObject pod) =>
        pod.IsDeleting || (string?)pod.At("status.phase") is "Pending" or "Succeeded" or "Failed";

    /// <summary>The condition tells the owner why the pod went; it is a write of its own, seen by watches before the deletion stamp.</summary>
    private void MarkAsDisrupted(StoredObject pod, DeleteRequest request, string user)
    {
        Preconditions.Check(pod, request);
        if (request.DryRun)
        {
            return;
        }

        var condition = new JsonObject
        {
            ["type"] = "DisruptionTarget",
            ["status"] = "True",
            ["lastProbeTime"] = null,
            ["lastTransitionTime"] = Timestamps.Seconds(time.GetUtcNow()),
            ["reason"] = "EvictionByEvictionAPI",
            ["message"] = "Eviction API: evicting",
        };
        writer.Change(pod, json => WithCondition(json, condition), new WriteContext(user) { Subresource = "status" });
    }

    private static JsonObject WithCondition(JsonObject pod, JsonObject condition)
    {
        if (pod["status"] is not JsonObject status)
        {
            pod["status"] = status = [];
        }

        if (status["conditions"] is not JsonArray conditions)
        {
            status["conditions"] = conditions = [];
        }

        conditions.RemoveAll(existing => (string?)existing?["type"] == "DisruptionTarget");
        conditions.AddNode(condition);
        return pod;
    }
}
