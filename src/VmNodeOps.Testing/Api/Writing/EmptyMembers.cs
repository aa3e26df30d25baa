using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Writing;

/// <summary>Lists and maps that a Go type leaves out when they are empty, as far as a client could stumble over them.</summary>
internal static class EmptyMembers
{
    private static readonly string[] OfMetadata = ["labels", "annotations", "finalizers", "ownerReferences"];

    public static void Drop(ResourceType type, JsonObject json)
    {
        var metadata = json["metadata"]!.AsObject();
        // Who manages which field is not kept; what a client sends back of another server's bookkeeping is dropped.
        metadata.Remove("managedFields");
        foreach (var member in OfMetadata)
        {
            DropIfEmpty(metadata, member);
        }

        if (ReferenceEquals(type, ResourceTypes.Nodes) && json["spec"] is JsonObject spec)
        {
            DropIfEmpty(spec, "taints");
        }
    }

    private static void DropIfEmpty(JsonObject parent, string member)
    {
        if (parent.TryGetPropertyValue(member, out var value) && value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 })
        {
            parent.Remove(member);
        }
    }
}
