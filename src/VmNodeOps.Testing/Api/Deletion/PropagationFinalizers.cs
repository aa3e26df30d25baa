using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Deletion;

/// <summary>A propagation policy is kept as a finalizer, which the garbage collector takes off when it has done what the policy says.</summary>
internal static class PropagationFinalizers
{
    public const string Foreground = "foregroundDeletion";

    public const string Orphan = "orphan";

    public static bool Adds(string? policy) => policy is "Foreground" or "Orphan";

    /// <param name="first">Only the delete that marks the object decides; a later one cannot change the policy.</param>
    public static void Apply(JsonObject json, string? policy, bool first)
    {
        if (!first || policy is null)
        {
            return;
        }

        var metadata = json["metadata"]!.AsObject();
        var kept = metadata["finalizers"] is JsonArray finalizers
            ? finalizers.Select(finalizer => (string)finalizer!).Where(finalizer => finalizer is not (Foreground or Orphan)).ToList()
            : [];
        if (Adds(policy))
        {
            kept.Add(policy == "Orphan" ? Orphan : Foreground);
        }

        if (kept.Count == 0)
        {
            metadata.Remove("finalizers");
        }
        else
        {
            metadata["finalizers"] = new JsonArray([.. kept.Select(finalizer => (JsonNode)finalizer)]);
        }
    }
}
