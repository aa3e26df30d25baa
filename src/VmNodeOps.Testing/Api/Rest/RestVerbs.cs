using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Patching;
using VmNodeOps.Testing.Api.Watching;

namespace VmNodeOps.Testing.Api.Rest;

/// <summary>Gives each call to the verb that does it.</summary>
internal sealed class RestVerbs(MachineryCore core) : IRestHandler
{
    private readonly ListVerb _lists = new(core.Store, core.Features);
    private readonly WriteVerbs _writes = new(core, new StrictFields(core.Features));
    private readonly DeleteVerbs _deletes = new(core);

    public WatchVerb Watches { get; } = new(core.Store, core.Features, core.Names, core.Time);

    public ApiAnswer Execute(ApiCall call) => call.Subresource switch
    {
        null => OnObject(call),
        "status" when call.Type.HasStatus => OnStatus(call),
        "eviction" when ReferenceEquals(call.Type, ResourceTypes.Pods) && call.Verb == "create" => _deletes.Evict(call),
        _ => OnSubresource(call),
    };

    private ApiAnswer OnObject(ApiCall call) => call.Verb switch
    {
        "get" => Get(call),
        "list" => _lists.List(call),
        "watch" => Watches.Watch(call),
        "create" => _writes.Create(call),
        "update" => _writes.Update(call),
        "patch" => _writes.Patch(call),
        "delete" => _deletes.Delete(call),
        "deletecollection" => _deletes.DeleteCollection(call),
        _ => throw ApiErrors.MethodNotAllowed(),
    };

    private ApiAnswer OnStatus(ApiCall call) => call.Verb switch
    {
        "get" => Get(call),
        "update" => _writes.Update(call),
        "patch" => _writes.Patch(call),
        _ => throw ApiErrors.MethodNotAllowed(),
    };

    private ObjectAnswer Get(ApiCall call)
    {
        lock (core.Store.Gate)
        {
            return new ObjectAnswer(
                200, core.Store.Get(call.Type, call.Namespace, call.Name!) ?? throw ApiErrors.NotFound(call.Type, call.Name!));
        }
    }

    private JsonAnswer OnSubresource(ApiCall call)
    {
        var handler = core.SubresourceOf(call)
            ?? throw ApiErrorException.Create(404, "NotFound", "the server could not find the requested resource", []);
        var body = call.Body.IsEmpty ? null : GoJson.Parse(call.Body) as JsonObject;
        var dryRun = BodyReader.IsDryRun(call) || (body?["dryRun"] is JsonArray values && values.Any(value => (string?)value == "All"));
        var answer = handler.Handle(new SubresourceCall(call.Verb, call.Namespace ?? "", call.Name ?? "", body, dryRun, call.User.Name));
        return new JsonAnswer(answer.StatusCode, answer.Body);
    }
}
