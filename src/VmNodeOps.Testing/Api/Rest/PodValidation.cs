using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Rest;

/// <summary>A pod's spec is settled when it is created: an update may change images and little else.</summary>
internal static class PodValidation
{
    private const string Message =
        "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`," +
        "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations)," +
        "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void CheckUpdate(StoredObject current, JsonObject next, string? subresource)
    {
        if (subresource is not null || !ReferenceEquals(current.Type, ResourceTypes.Pods) || current.Json["spec"] is not JsonObject before)
        {
            return;
        }

        var after = next["spec"] as JsonObject ?? [];
        if (!KeepsTolerations(before, after) || !JsonNode.DeepEquals(Settled(before), Settled(after)))
        {
            throw ApiErrors.Invalid(current.Type, current.Name, "FieldValueForbidden", Message, "spec");
        }
    }

    private static JsonObject Settled(JsonObject spec)
    {
        var settled = spec.DeepClone().AsObject();
        settled.Remove("activeDeadlineSeconds");
        settled.Remove("tolerations");
        settled.Remove("schedulingGates");
        foreach (var list in (string[])["containers", "initContainers"])
        {
            foreach (var container in (settled[list] as JsonArray ?? []).OfType<JsonObject>())
            {
                container.Remove("image");
            }
        }

        return settled;
    }

    private static bool KeepsTolerations(JsonObject before, JsonObject after)
    {
        var kept = after["tolerations"] as JsonArray ?? [];
        return (before["tolerations"] as JsonArray ?? []).All(toleration => kept.Any(other => JsonNode.DeepEquals(toleration, other)));
    }
}
