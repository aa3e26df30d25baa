using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Writing;

/// <summary>metadata.generation: which types have one, and which changes raise it.</summary>
internal static class Generations
{
    private static readonly HashSet<ResourceType> Counted = new(
        [
            ResourceTypes.Pods, ResourceTypes.Deployments, ResourceTypes.ReplicaSets, ResourceTypes.DaemonSets,
            ResourceTypes.PodDisruptionBudgets, .. ResourceTypes.All.Where(type => type.Custom),
        ],
        ReferenceEqualityComparer.Instance);

    public static bool Has(ResourceType type) => Counted.Contains(type);

    /// <summary>A new spec raises it; for a custom type all but metadata counts, and the status too if it has no subresource.</summary>
    public static bool Raises(ResourceType type, JsonObject previous, JsonObject next)
    {
        if (!Has(type))
        {
            return false;
        }

        if (ReferenceEquals(type, ResourceTypes.Pods))
        {
            return RaisesPod(previous["spec"] as JsonObject ?? [], next["spec"] as JsonObject ?? []);
        }

        if (!type.Custom)
        {
            return !JsonNode.DeepEquals(previous["spec"], next["spec"]);
        }

        return previous.Select(member => member.Key).Union(next.Select(member => member.Key))
            .Where(member => member != "metadata" && (member != "status" || !type.HasStatus))
            .Any(member => !JsonNode.DeepEquals(previous[member], next[member]));
    }

    /// <summary>A binding sets the node's name and is no new generation.</summary>
    private static bool RaisesPod(JsonObject previous, JsonObject next) =>
        previous.Select(member => member.Key).Union(next.Select(member => member.Key))
            .Any(member => member != "nodeName" && !JsonNode.DeepEquals(previous[member], next[member]));

    public static void Raise(JsonObject json)
    {
        var metadata = json["metadata"]!;
        if ((long?)metadata["generation"] is > 0 and var generation)
        {
            metadata["generation"] = generation + 1;
        }
    }
}
