using System.Text.Json.Nodes;

namespace VmNodeOps.Testing;

internal static class JsonNodes
{
    /// <summary><see cref="JsonArray.Add(JsonNode?)"/>, where the compiler would choose the generic one, for which a natively compiled program has no code.</summary>
    public static void AddNode(this JsonArray array, JsonNode? node) => array.Add(node);
}
