using System.Globalization;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Rest;

/// <summary>What a server checks in a Node's taints: a taint that was patched half away is refused.</summary>
internal static class NodeValidation
{
    private const string Effects = "\"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"";

    public static void Check(ResourceType type, JsonObject json)
    {
        if (!ReferenceEquals(type, ResourceTypes.Nodes) || json["spec"]?["taints"] is not JsonArray taints)
        {
            return;
        }

        var seen = new HashSet<(string?, string?)>();
        for (var index = 0; index < taints.Count; index++)
        {
            if (taints[index] is JsonObject taint)
            {
                CheckOne((string)json["metadata"]!["name"]!, taint, index, seen);
            }
        }
    }

    private static void CheckOne(string node, JsonObject taint, int index, HashSet<(string?, string?)> seen)
    {
        var field = string.Create(CultureInfo.InvariantCulture, $"metadata.taints[{index}]");
        var effect = (string?)taint["effect"];
        if (string.IsNullOrEmpty(effect))
        {
            throw Refuse(node, taint, index, "FieldValueRequired", "Required value", field + ".effect");
        }

        if (effect is not ("NoSchedule" or "PreferNoSchedule" or "NoExecute"))
        {
            throw Refuse(
                node, taint, index, "FieldValueNotSupported", $"Unsupported value: \"{effect}\": supported values: {Effects}", field + ".effect");
        }

        if (!seen.Add(((string?)taint["key"], effect)))
        {
            throw Refuse(node, taint, index, "FieldValueDuplicate", $"Duplicate value: {taint.ToJsonString()}", field);
        }
    }

    /// <summary>Node updates are validated twice, and each pass adds its cause; the message names it once.</summary>
    private static ApiErrorException Refuse(string node, JsonObject taint, int index, string reason, string message, string field)
    {
        var error = ApiErrors.Invalid(ResourceTypes.Nodes, node, reason, message, field);
        error.Status["details"]!["causes"]!.AsArray().AddNode(ApiErrors.Cause(reason, message, field));
        return new ApiErrorException(error.Status) { Warnings = [.. UnknownFields(taint, index)] };
    }

    private static IEnumerable<string> UnknownFields(JsonObject taint, int index) =>
        taint.Select(member => member.Key)
            .Where(member => member is not ("key" or "value" or "effect" or "timeAdded"))
            .Select(member => string.Create(CultureInfo.InvariantCulture, $"unknown field \"spec.taints[{index}].{member}\""));
}
