using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Patching;
using VmNodeOps.Testing.Api.Storage;
using VmNodeOps.Testing.Api.Writing;

namespace VmNodeOps.Testing.Api.Rest;

/// <summary>POST, PUT and PATCH of objects and of their status.</summary>
internal sealed class WriteVerbs(MachineryCore core, StrictFields strictFields)
{
    /// <summary>Types that a PUT creates if they are not there.</summary>
    private static readonly ResourceType[] CreatedByUpdate = [ResourceTypes.Leases, ResourceTypes.Events];

    /// <summary>Built-in types that a PUT may not replace blindly; custom types never may be.</summary>
    private static readonly ResourceType[] LockedOnUpdate =
        [ResourceTypes.Leases, ResourceTypes.PodDisruptionBudgets, ResourceTypes.VolumeAttachments];

    private ObjectStore Store => core.Store;

    public ApiAnswer Create(ApiCall call)
    {
        var body = BodyReader.Object(call);
        strictFields.Apply(call, body);
        NameValidation.Check(call.Type, (string?)body["metadata"]!["name"] ?? "");
        NodeValidation.Check(call.Type, body);
        return new ObjectAnswer(201, core.Create(call.Type, body, Context(call)));
    }

    public ApiAnswer Update(ApiCall call)
    {
        var body = BodyReader.Object(call);
        var metadata = body["metadata"]!.AsObject();
        var name = (string?)metadata["name"] ?? "";
        if (name != call.Name)
        {
            throw ApiErrors.BadRequest(name.Length == 0
                ? "name must be provided"
                : $"the name of the object ({name}) does not match the name on the URL ({call.Name})");
        }

        strictFields.Apply(call, body);
        lock (Store.Gate)
        {
            if (Store.Get(call.Type, call.Namespace, name) is not { } current)
            {
                return CreatedByUpdate.Contains(call.Type) && string.IsNullOrEmpty((string?)metadata["resourceVersion"])
                    ? new ObjectAnswer(201, core.Create(call.Type, body, Context(call)))
                    : throw ApiErrors.NotFound(call.Type, name);
            }

            CheckLock(current, metadata);
            NodeValidation.Check(call.Type, body);
            PodValidation.CheckUpdate(current, body, call.Subresource);
            return new ObjectAnswer(200, core.Writer.Change(current, _ => body, Context(call)));
        }
    }

    public ApiAnswer Patch(ApiCall call)
    {
        var apply = PatchOf(call);
        lock (Store.Gate)
        {
            var current = Store.Get(call.Type, call.Namespace, call.Name!) ?? throw ApiErrors.NotFound(call.Type, call.Name!);
            var patched = apply(current.Json.DeepClone().AsObject());
            if (patched["metadata"] is not JsonObject metadata)
            {
                throw ApiErrors.Invalid(call.Type, current.Name, "FieldValueRequired", "Required value: name or generateName is required", "metadata.name");
            }

            CheckImmutable(current, metadata, "name");
            CheckImmutable(current, metadata, "namespace");
            CheckImmutable(current, metadata, "uid");
            if ((string?)metadata["resourceVersion"] is { Length: > 0 } version && version != (string)current.At("metadata.resourceVersion")!)
            {
                throw ApiErrors.Modified(call.Type, current.Name);
            }

            strictFields.Apply(call, patched);
            NodeValidation.Check(call.Type, patched);
            PodValidation.CheckUpdate(current, patched, call.Subresource);
            return new ObjectAnswer(200, core.Writer.Change(current, _ => patched, Context(call)));
        }
    }

    private static Func<JsonObject, JsonObject> PatchOf(ApiCall call)
    {
        switch (call.ContentType)
        {
            case "application/json-patch+json":
                var steps = GoJson.Parse(call.Body) as JsonArray
                    ?? throw ApiErrors.BadRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
                return target => JsonPatch.Apply(target, steps);
            case "application/merge-patch+json":
                var merge = ObjectOf(call);
                return target => JsonMergePatch.Apply(target, merge);
            case "application/strategic-merge-patch+json" when !call.Type.Custom:
                var strategic = ObjectOf(call);
                return target => StrategicMergePatch.Apply(target, strategic);
            case "application/strategic-merge-patch+json":
                throw ApiErrorException.Create(
                    415,
                    "UnsupportedMediaType",
                    "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, " +
                    "application/merge-patch+json, application/apply-patch+yaml");
            default:
                throw ApiErrors.UnsupportedMediaType("415: Unsupported Media Type");
        }
    }

    private static JsonObject ObjectOf(ApiCall call) =>
        GoJson.Parse(call.Body) as JsonObject
        ?? throw ApiErrors.BadRequest("json: cannot unmarshal into Go value of type map[string]interface {}");

    private static void CheckLock(StoredObject current, JsonObject metadata)
    {
        var stored = (string)current.At("metadata.resourceVersion")!;
        var version = (string?)metadata["resourceVersion"] ?? "";
        if (version.Length == 0 && (current.Type.Custom || LockedOnUpdate.Contains(current.Type)))
        {
            throw ApiErrors.Invalid(
                current.Type, current.Name, "FieldValueInvalid", "Invalid value: 0x0: must be specified for an update", "metadata.resourceVersion");
        }

        if ((string?)metadata["uid"] is { Length: > 0 } uid && uid != current.Uid)
        {
            throw ApiErrors.Conflict(
                current.Type,
                current.Name,
                $"StorageError: invalid object, Code: 4, Key: /registry/{current.Type.Plural}/{current.Name}, ResourceVersion: 0, " +
                $"AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}");
        }

        if (version.Length > 0 && version != stored)
        {
            throw ApiErrors.Modified(current.Type, current.Name);
        }
    }

    private static void CheckImmutable(StoredObject current, JsonObject metadata, string member)
    {
        var value = (string?)metadata[member];
        if (!string.IsNullOrEmpty(value) && value != (string?)current.At("metadata." + member))
        {
            throw ApiErrors.Invalid(
                current.Type, current.Name, "FieldValueInvalid", $"Invalid value: \"{value}\": field is immutable", "metadata." + member);
        }
    }

    private static WriteContext Context(ApiCall call) =>
        new(call.User.Name, BodyReader.IsDryRun(call)) { Subresource = call.Subresource, SeparatesStatus = true };
}
