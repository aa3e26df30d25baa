using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>What a pod asks of a node: the sum of its containers, or the largest init container where that is more; every pod takes one place.</summary>
internal static class PodRequests
{
    public static IReadOnlyDictionary<string, decimal> Of(StoredObject pod)
    {
        var sum = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var container in pod.Json["spec"].Children("containers"))
        {
            Each(container, (resource, amount) => sum[resource] = sum.GetValueOrDefault(resource) + amount);
        }

        foreach (var container in pod.Json["spec"].Children("initContainers"))
        {
            var stays = container.Text("restartPolicy") == "Always";
            Each(container, (resource, amount) =>
                sum[resource] = stays ? sum.GetValueOrDefault(resource) + amount : Math.Max(sum.GetValueOrDefault(resource), amount));
        }

        foreach (var (resource, amount) in pod.Json["spec"].Child("overhead") ?? [])
        {
            sum[resource] = sum.GetValueOrDefault(resource) + Quantity.Parse(amount);
        }

        sum["pods"] = 1;
        return sum;
    }

    private static void Each(JsonObject container, Action<string, decimal> add)
    {
        var requests = container.Child("resources").Child("requests") ?? [];
        foreach (var (resource, amount) in requests)
        {
            add(resource, Quantity.Parse(amount));
        }

        // A limit without a request stands for both: the API server fills requests in so.
        foreach (var (resource, amount) in container.Child("resources").Child("limits") ?? [])
        {
            if (!requests.ContainsKey(resource))
            {
                add(resource, Quantity.Parse(amount));
            }
        }
    }
}
