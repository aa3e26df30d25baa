using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tables;

/// <summary>An object reduced to its metadata.</summary>
internal static class PartialMetadata
{
    public static JsonObject Of(JsonObject json, string version) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = $"meta.k8s.io/{version}",
        ["metadata"] = json["metadata"]?.DeepClone() ?? new JsonObject(),
    };
}
