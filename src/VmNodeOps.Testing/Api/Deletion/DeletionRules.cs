using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Deletion;

/// <summary>When an object that is marked for deletion really goes.</summary>
internal static class DeletionRules
{
    /// <summary>No finalizer left and no grace running: the write that leads here takes the object out.</summary>
    public static bool IsFinished(ResourceType type, JsonObject json)
    {
        var metadata = json["metadata"]!;
        if (metadata["deletionTimestamp"] is null || HasFinalizers(json))
        {
            return false;
        }

        if (ReferenceEquals(type, ResourceTypes.Namespaces))
        {
            return json["spec"]?["finalizers"] is not JsonArray { Count: > 0 };
        }

        return (long?)metadata["deletionGracePeriodSeconds"] is null or 0;
    }

    public static bool HasFinalizers(JsonObject json) => json["metadata"]!["finalizers"] is JsonArray { Count: > 0 };

    /// <summary>The seconds that a pod gets: what was asked for or its own, none if no process of it runs.</summary>
    public static long GraceOf(JsonObject pod, long? asked)
    {
        if (string.IsNullOrEmpty((string?)pod["spec"]?["nodeName"]) || (string?)pod["status"]?["phase"] is "Succeeded" or "Failed")
        {
            return 0;
        }

        var grace = asked ?? (long?)pod["spec"]?["terminationGracePeriodSeconds"] ?? 30;
        return grace < 0 ? 1 : grace;
    }
}
