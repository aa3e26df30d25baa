using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>Conditions in <c>status.conditions</c>, in the shape that KubeVirt gives them.</summary>
internal static class Conditions
{
    public static JsonObject? Find(JsonNode? json, string type) =>
        (json.At("status.conditions") as JsonArray)?.OfType<JsonObject>().FirstOrDefault(condition => (string?)condition["type"] == type);

    public static bool IsKnown(JsonNode? json, string type) => Find(json, type) is not null;

    public static bool IsTrue(JsonNode? json, string type) => (string?)Find(json, type)?["status"] == "True";

    /// <summary>Sets a condition in its place; one that says the same already keeps its times.</summary>
    /// <param name="transition">When it changed; null writes a null, which is what KubeVirt does for most of its own conditions.</param>
    public static void Set(
        JsonObject json, string type, string status, string? reason = null, string? message = null, string? probe = null, string? transition = null)
    {
        var conditions = json.Child("status").Items("conditions");
        var old = Find(json, type);
        if (old is not null && (string?)old["status"] == status && (string?)old["reason"] == reason && (string?)old["message"] == message)
        {
            return;
        }

        var condition = new JsonObject { ["lastProbeTime"] = probe, ["lastTransitionTime"] = transition };
        if (message is not null)
        {
            condition["message"] = message;
        }

        if (reason is not null)
        {
            condition["reason"] = reason;
        }

        condition["status"] = status;
        condition["type"] = type;
        if (old is null)
        {
            conditions.AddNode(condition);
        }
        else
        {
            conditions[conditions.IndexOf(old)] = condition;
        }
    }

    public static void Remove(JsonObject json, string type)
    {
        if (Find(json, type) is { } condition)
        {
            json["status"]!["conditions"]!.AsArray().Remove(condition);
        }
    }
}
