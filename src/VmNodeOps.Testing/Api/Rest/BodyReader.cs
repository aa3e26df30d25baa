using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Deletion;
using VmNodeOps.Testing.Api.Patching;

namespace VmNodeOps.Testing.Api.Rest;

/// <summary>Reads the bodies of writes and checks what they say about themselves against the URL.</summary>
internal static class BodyReader
{
    public static JsonObject Object(ApiCall call)
    {
        var json = GoJson.Parse(call.Body, "couldn't get version/kind; json parse error: ") as JsonObject
            ?? throw ApiErrors.BadRequest(
                $"{call.Type.Kind} in version \"{call.Type.Version}\" cannot be handled as a {call.Type.Kind}: json: cannot unmarshal into an object");
        if (json["metadata"] is not (null or JsonObject) || json["spec"] is not (null or JsonObject) || json["status"] is not (null or JsonObject))
        {
            throw ApiErrors.BadRequest(
                $"{call.Type.Kind} in version \"{call.Type.Version}\" cannot be handled as a {call.Type.Kind}: json: cannot unmarshal metadata, spec or status");
        }

        CheckKind(call.Type, json);
        json["metadata"] ??= new JsonObject();
        CheckNamespace(call, json["metadata"]!.AsObject());
        return json;
    }

    /// <summary>The options of a delete, from the body or, where it has none, the query.</summary>
    public static DeleteRequest Delete(ApiCall call)
    {
        var body = call.Body.IsEmpty ? null : GoJson.Parse(call.Body, "couldn't get version/kind; json parse error: ") as JsonObject;
        return DeleteOptions.Read(body, call.Query);
    }

    public static bool IsDryRun(ApiCall call) => DeleteOptions.IsDryRun(call.Query.GetValueOrDefault("dryRun"), call.Verb switch
    {
        "create" => "CreateOptions",
        "patch" => "PatchOptions",
        "update" => "UpdateOptions",
        _ => "DeleteOptions",
    });

    private static void CheckKind(ResourceType type, JsonObject json)
    {
        var apiVersion = (string?)json["apiVersion"] ?? type.ApiVersion;
        var kind = (string?)json["kind"] ?? type.Kind;
        if (apiVersion != type.ApiVersion)
        {
            throw ApiErrors.BadRequest($"the API version in the data ({apiVersion}) does not match the expected API version ({type.ApiVersion})");
        }

        if (kind != type.Kind)
        {
            throw ApiErrors.BadRequest($"{kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: the kind does not match the resource");
        }
    }

    private static void CheckNamespace(ApiCall call, JsonObject metadata)
    {
        if (!call.Type.Namespaced)
        {
            metadata.Remove("namespace");
            return;
        }

        var named = (string?)metadata["namespace"];
        if (!string.IsNullOrEmpty(named) && named != call.Namespace)
        {
            throw ApiErrors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        }

        metadata["namespace"] = call.Namespace;
    }
}
