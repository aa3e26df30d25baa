using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Storage;
using VmNodeOps.Testing.Api.Writing;

namespace VmNodeOps.Testing.Api.Deletion;

/// <summary>The DELETE verb: preconditions, grace, finalizers and propagation.</summary>
/// <remarks>A pod without grace left is marked first and removed by a second write, as on a real server: watches see both.</remarks>
internal sealed class ObjectDeletion(ObjectStore store, AdmissionChain admission, SimulatedTime time)
{
    public DeleteOutcome? Delete(ResourceType type, string? ns, string name, DeleteRequest request, string user)
    {
        lock (store.Gate)
        {
            if (store.Get(type, ns, name) is not { } current)
            {
                return null;
            }

            Preconditions.Check(current, request);
            admission.Admit(new AdmissionRequest
            {
                Operation = AdmissionOperation.Delete, Type = type, Namespace = current.Namespace, Name = name, OldObject = current.Json,
                DryRun = request.DryRun, User = user,
            });

            // An admission may have written the object.
            return store.Get(type, ns, name) is { } admitted ? Act(admitted, request) : new DeleteOutcome(current, Gone: true);
        }
    }

    private DeleteOutcome Act(StoredObject current, DeleteRequest request)
    {
        if (ReferenceEquals(current.Type, ResourceTypes.Namespaces))
        {
            return Terminate(current, request);
        }

        var next = current.Json.DeepClone().AsObject();
        var marked = ReferenceEquals(current.Type, ResourceTypes.Pods)
            ? MarkPod(next, request)
            : MarkForFinalizers(next, request);
        PropagationFinalizers.Apply(next, request.PropagationPolicy, marked);
        var finished = next["metadata"]!["deletionTimestamp"] is null || DeletionRules.IsFinished(current.Type, next);
        if (request.DryRun)
        {
            return new DeleteOutcome(new StoredObject(current.Type, next, current.Revision), finished);
        }

        var last = JsonNode.DeepEquals(current.Json, next) ? current : store.Put(current.Type, next);
        return finished ? new DeleteOutcome(store.Remove(last), Gone: true) : new DeleteOutcome(last, Gone: false);
    }

    /// <summary>Sets the deletion stamp, or brings it nearer: a grace that runs can only be shortened.</summary>
    private bool MarkPod(JsonObject pod, DeleteRequest request)
    {
        var metadata = pod["metadata"]!;
        var now = time.GetUtcNow();
        if (Timestamps.Parse(metadata["deletionTimestamp"]) is { } stamp)
        {
            var running = (long?)metadata["deletionGracePeriodSeconds"] ?? 0;
            if (running > 0 && request.GracePeriodSeconds is { } asked && asked < running)
            {
                var nearer = stamp.AddSeconds(asked - running);
                metadata["deletionTimestamp"] = Timestamps.Seconds(nearer < now ? now : nearer);
                metadata["deletionGracePeriodSeconds"] = asked;
            }

            return false;
        }

        var grace = DeletionRules.GraceOf(pod, request.GracePeriodSeconds);
        metadata["deletionTimestamp"] = Timestamps.Seconds(now.AddSeconds(grace));
        metadata["deletionGracePeriodSeconds"] = grace;
        Generations.Raise(pod);
        return true;
    }

    /// <summary>What knows no grace is marked only if something holds it back; otherwise it goes in one write.</summary>
    private bool MarkForFinalizers(JsonObject json, DeleteRequest request)
    {
        var metadata = json["metadata"]!;
        if (metadata["deletionTimestamp"] is not null)
        {
            return false;
        }

        if (DeletionRules.HasFinalizers(json) || PropagationFinalizers.Adds(request.PropagationPolicy))
        {
            metadata["deletionTimestamp"] = Timestamps.Seconds(time.GetUtcNow());
            metadata["deletionGracePeriodSeconds"] = 0;
            Generations.Raise(json);
        }

        return true;
    }

    /// <summary>A namespace is marked; it goes when its content is gone (<see cref="NamespaceTermination"/>).</summary>
    private DeleteOutcome Terminate(StoredObject current, DeleteRequest request)
    {
        if (current.IsDeleting)
        {
            return new DeleteOutcome(current, Gone: false);
        }

        var next = current.Json.DeepClone().AsObject();
        next["metadata"]!["deletionTimestamp"] = Timestamps.Seconds(time.GetUtcNow());
        next["status"] ??= new JsonObject();
        next["status"]!["phase"] = "Terminating";
        var last = request.DryRun ? new StoredObject(current.Type, next, current.Revision) : store.Put(current.Type, next);
        return new DeleteOutcome(last, Gone: false);
    }
}
