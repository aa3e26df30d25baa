using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Deletion;
using VmNodeOps.Testing.Api.Selectors;

namespace VmNodeOps.Testing.Api.Rest;

/// <summary>DELETE of one object or of a collection, and evictions.</summary>
internal sealed class DeleteVerbs(MachineryCore core)
{
    /// <summary>Types whose delete answers with the object; all others answer with a Status once the object is gone.</summary>
    private static readonly ResourceType[] AnswersWithObject =
    [
        ResourceTypes.Pods, ResourceTypes.Services, ResourceTypes.ServiceAccounts, ResourceTypes.PersistentVolumes,
        ResourceTypes.PersistentVolumeClaims, ResourceTypes.VolumeAttachments,
    ];

    public ApiAnswer Delete(ApiCall call)
    {
        var request = BodyReader.Delete(call);
        var outcome = core.Deletion.Delete(call.Type, call.Namespace, call.Name!, request, call.User.Name)
            ?? throw ApiErrors.NotFound(call.Type, call.Name!);
        if (outcome.Gone && !AnswersWithObject.Contains(call.Type))
        {
            return new JsonAnswer(200, Success(outcome.Object));
        }

        // A client that asked for a cascade is told that it has only begun.
        var begun = !outcome.Gone && request.PropagationPolicy == "Foreground";
        return new ObjectAnswer(begun ? 202 : 200, outcome.Object);
    }

    public ApiAnswer DeleteCollection(ApiCall call)
    {
        var request = BodyReader.Delete(call);
        var filter = ObjectFilter.Of(call);
        lock (core.Store.Gate)
        {
            var chosen = core.Store.Take(call.Type).List(call.Namespace).Where(filter.Matches).ToList();
            foreach (var stored in chosen)
            {
                core.Deletion.Delete(call.Type, stored.Namespace, stored.Name, request, call.User.Name);
            }

            return new ListAnswer(call.Type, chosen, core.Store.Revision, null, null);
        }
    }

    public ApiAnswer Evict(ApiCall call)
    {
        var eviction = Patching.GoJson.Parse(call.Body, "couldn't get version/kind; json parse error: ") as JsonObject
            ?? throw ApiErrors.BadRequest("not a Eviction object");
        var request = DeleteOptions.Read(eviction["deleteOptions"] as JsonObject, call.Query);
        core.Eviction.Evict(call.Namespace!, call.Name!, eviction, request, call.User.Name);
        return new JsonAnswer(201, new JsonObject
        {
            ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["code"] = 201,
        });
    }

    private static JsonObject Success(StoredObject gone)
    {
        var details = ApiErrors.Details(gone.Name, gone.Type.Group, gone.Type.Plural);
        details["uid"] = gone.Uid;
        return new JsonObject
        {
            ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details,
        };
    }
}
