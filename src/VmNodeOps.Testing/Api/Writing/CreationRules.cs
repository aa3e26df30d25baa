using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Storage;

namespace VmNodeOps.Testing.Api.Writing;

/// <summary>What the server does to a new object of certain types before anybody sees it.</summary>
internal static class CreationRules
{
    /// <param name="resetsStatus">Whether the object comes from outside, where a new object starts without a status of its own.</param>
    public static void Apply(ResourceType type, JsonObject json, bool resetsStatus, ObjectStore store)
    {
        // A kubelet registers its node with a status, and that is taken.
        if (resetsStatus && type.HasStatus && !ReferenceEquals(type, ResourceTypes.Nodes))
        {
            json.Remove("status");
        }

        if (ReferenceEquals(type, ResourceTypes.Pods))
        {
            PodPriority.Resolve(json, store);
            PodDefaults.Apply(json);
        }
        else if (ReferenceEquals(type, ResourceTypes.Namespaces))
        {
            Namespace(json);
        }
        else if (ReferenceEquals(type, ResourceTypes.VolumeAttachments))
        {
            json["status"] ??= new JsonObject { ["attached"] = false };
        }
        else if (ReferenceEquals(type, ResourceTypes.Events))
        {
            json["eventTime"] ??= null;
            json["reportingComponent"] ??= "";
            json["reportingInstance"] ??= "";
        }
    }

    private static void Namespace(JsonObject json)
    {
        var metadata = json["metadata"]!;
        metadata["labels"] ??= new JsonObject();
        metadata["labels"]!["kubernetes.io/metadata.name"] = (string)metadata["name"]!;
        json["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
        json["status"] = new JsonObject { ["phase"] = "Active" };
    }
}
