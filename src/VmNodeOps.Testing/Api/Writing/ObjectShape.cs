using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Writing;

/// <summary>The outer shape of every object: kind, apiVersion, metadata, then the rest.</summary>
internal static class ObjectShape
{
    public static JsonObject Ordered(ResourceType type, JsonObject json)
    {
        json.Remove("kind");
        json.Remove("apiVersion");
        json.Insert(0, "kind", type.Kind);
        json.Insert(1, "apiVersion", type.ApiVersion);
        if (json["metadata"] is JsonObject metadata)
        {
            if (json.IndexOf("metadata") != 2)
            {
                json.Remove("metadata");
                json.Insert(2, "metadata", metadata);
            }
        }
        else
        {
            json.Remove("metadata");
            json.Insert(2, "metadata", new JsonObject());
        }

        return json;
    }
}
