using System.Globalization;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Reading and writing of untyped objects: what is missing or of another type reads as null.</summary>
internal static class JsonReading
{
    public static string? Text(this JsonNode? node, string name) =>
        node is JsonObject json && json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static long? Number(this JsonNode? node, string name)
    {
        if (node is not JsonObject json || json[name] is not JsonValue value)
        {
            return null;
        }

        return value.TryGetValue<long>(out var number) ? number
            : long.TryParse(value.ToString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var parsed) ? parsed
            : null;
    }

    public static bool Flag(this JsonNode? node, string name) =>
        node is JsonObject json && json[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static JsonObject? Child(this JsonNode? node, string name) => (node as JsonObject)?[name] as JsonObject;

    /// <summary>The objects of an array member; none when it is missing.</summary>
    public static IEnumerable<JsonObject> Children(this JsonNode? node, string name) =>
        (node as JsonObject)?[name] is JsonArray array ? array.OfType<JsonObject>() : [];

    /// <summary>The strings of an array member; none when it is missing.</summary>
    public static IEnumerable<string> Texts(this JsonNode? node, string name) =>
        (node as JsonObject)?[name] is JsonArray array ? array.Where(item => item is not null).Select(item => item!.ToString()) : [];

    /// <summary>The member as an object, made when it is missing.</summary>
    public static JsonObject Section(this JsonObject json, string name)
    {
        if (json[name] is JsonObject section)
        {
            return section;
        }

        section = [];
        json[name] = section;
        return section;
    }

    /// <summary>Sets a member unless it already says so, so that an unchanged object stays unchanged; null removes it.</summary>
    public static void Put(this JsonObject json, string name, JsonNode? value)
    {
        if (value is null)
        {
            json.Remove(name);
        }
        else if (!JsonNode.DeepEquals(json[name], value))
        {
            json[name] = value;
        }
    }
}
