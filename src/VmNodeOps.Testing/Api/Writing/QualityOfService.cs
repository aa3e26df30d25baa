using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Writing;

/// <summary>status.qosClass, from the requests and limits of a pod's containers.</summary>
internal static class QualityOfService
{
    private static readonly string[] Counted = ["cpu", "memory"];

    public static string Of(JsonObject spec)
    {
        var containers = Containers(spec, "containers").Concat(Containers(spec, "initContainers")).ToList();
        var any = containers.Any(container => Counted.Any(resource => Limit(container, resource) is not null || Request(container, resource) is not null));
        if (!any)
        {
            return "BestEffort";
        }

        var guaranteed = containers.All(container => Counted.All(resource =>
            Limit(container, resource) is { } limit && (Request(container, resource) ?? limit) == limit));
        return guaranteed ? "Guaranteed" : "Burstable";
    }

    private static IEnumerable<JsonObject> Containers(JsonObject spec, string member) =>
        spec[member] is JsonArray list ? list.OfType<JsonObject>() : [];

    private static string? Limit(JsonObject container, string resource) => container["resources"]?["limits"]?[resource]?.ToString();

    private static string? Request(JsonObject container, string resource) => container["resources"]?["requests"]?[resource]?.ToString();
}
