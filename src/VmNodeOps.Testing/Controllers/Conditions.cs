using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Controllers;

/// <summary>The conditions of a status: a list that is read and merged by type.</summary>
internal static class Conditions
{
    public static JsonObject? Find(JsonNode? status, string type) =>
        status.Children("conditions").FirstOrDefault(condition => condition.Text("type") == type);

    public static string? StatusOf(JsonNode? status, string type) => Find(status, type).Text("status");

    /// <summary>
    /// Puts the condition in; <c>lastTransitionTime</c> moves only when its status does. Members beyond these, as a heartbeat time, come
    /// with <paramref name="more"/>.
    /// </summary>
    public static void Set(
        JsonObject status, string type, string value, string now, string? reason = null, string? message = null, JsonObject? more = null)
    {
        if (status["conditions"] is not JsonArray list)
        {
            status["conditions"] = list = [];
        }

        var condition = list.OfType<JsonObject>().FirstOrDefault(item => item.Text("type") == type);
        if (condition is null)
        {
            list.AddNode(condition = new JsonObject { ["type"] = type });
        }

        foreach (var (name, member) in more ?? [])
        {
            if (member is null ? !condition.ContainsKey(name) : !JsonNode.DeepEquals(condition[name], member))
            {
                condition[name] = member?.DeepClone();
            }
        }

        if (condition.Text("status") != value)
        {
            condition["status"] = value;
            condition["lastTransitionTime"] = now;
        }

        condition.Put("reason", reason);
        condition.Put("message", message);
    }
}
