using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Storage;

namespace VmNodeOps.Testing.Api.Writing;

/// <summary>spec.priority, which a server takes from the priority class that a new pod names.</summary>
internal static class PodPriority
{
    public static void Resolve(JsonObject pod, ObjectStore store)
    {
        if ((string?)pod["spec"]?["priorityClassName"] is not { Length: > 0 } name)
        {
            return;
        }

        pod["spec"]!["priority"] = name switch
        {
            // Every cluster has these two, and they cannot be changed.
            "system-node-critical" => 2000001000,
            "system-cluster-critical" => 2000000000,
            _ => ValueOf(pod, name, store),
        };
    }

    private static long ValueOf(JsonObject pod, string name, ObjectStore store) =>
        store.Get(ResourceTypes.PriorityClasses, null, name) is { } found
            ? (long?)found.At("value") ?? 0
            : throw ApiErrors.Forbidden(
                ResourceTypes.Pods, (string?)pod["metadata"]?["name"] ?? "", $"no PriorityClass with name {name} was found");
}
