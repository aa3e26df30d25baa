using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Storage;

/// <summary>One entry of metadata.ownerReferences.</summary>
internal sealed record OwnerReference(string ApiVersion, string Kind, string Name, string Uid, bool BlocksDeletion, bool IsController)
{
    public static IReadOnlyList<OwnerReference> Read(JsonObject metadata) =>
        metadata["ownerReferences"] is JsonArray { Count: > 0 } owners ? [.. owners.OfType<JsonObject>().Select(ReadOne)] : [];

    private static OwnerReference ReadOne(JsonObject owner) =>
        new(
            (string?)owner["apiVersion"] ?? "",
            (string?)owner["kind"] ?? "",
            (string?)owner["name"] ?? "",
            (string?)owner["uid"] ?? "",
            (bool?)owner["blockOwnerDeletion"] ?? false,
            (bool?)owner["controller"] ?? false);
}
