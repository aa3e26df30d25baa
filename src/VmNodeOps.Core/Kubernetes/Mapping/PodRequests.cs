using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Mapping;

/// <summary>What a pod asks of its node, as the scheduler counts it.</summary>
/// <remarks>
/// Containers and restartable init containers (sidecars) run together and are added up; each other init container runs alone beside the sidecars that
/// started before it, so the largest such moment counts. Requests of the pod as a whole, where they are given, stand instead of that. Overhead comes on top.
/// </remarks>
internal static class PodRequests
{
    public static IReadOnlyDictionary<string, string> Of(PodSpecDto? spec)
    {
        if (spec?.Containers is [{ Resources.Requests: { } only }] && spec is { InitContainers: null or [], Overhead: null, Resources: null })
        {
            // The common case, and what it says is left as it was said.
            return Common.Texts(only);
        }

        var sums = new Dictionary<string, decimal>(StringComparer.Ordinal);
        var moments = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var container in spec?.InitContainers ?? [])
        {
            var sidecar = container.RestartPolicy == "Always";
            foreach (var (name, amount) in Amounts(container.Resources?.Requests))
            {
                var together = sums.GetValueOrDefault(name) + amount;
                moments[name] = Math.Max(moments.GetValueOrDefault(name), together);
                if (sidecar)
                {
                    sums[name] = together;
                }
            }
        }

        Add(sums, (spec?.Containers ?? []).SelectMany(container => Amounts(container.Resources?.Requests)));
        foreach (var (name, amount) in moments)
        {
            sums[name] = Math.Max(sums.GetValueOrDefault(name), amount);
        }

        foreach (var (name, amount) in Amounts(spec?.Resources?.Requests))
        {
            sums[name] = amount;
        }

        Add(sums, Amounts(spec?.Overhead));
        return sums.ToDictionary(pair => pair.Key, pair => Quantity.Format(pair.Value), StringComparer.Ordinal);
    }

    private static void Add(Dictionary<string, decimal> sums, IEnumerable<(string Name, decimal Amount)> amounts)
    {
        foreach (var (name, amount) in amounts)
        {
            sums[name] = sums.GetValueOrDefault(name) + amount;
        }
    }

    private static IEnumerable<(string Name, decimal Amount)> Amounts(Dictionary<string, string?>? requests) =>
        (requests ?? []).Select(request => (request.Key, Quantity.Parse(request.Value) ?? 0m));
}
