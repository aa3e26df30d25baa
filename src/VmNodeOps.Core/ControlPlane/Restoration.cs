using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>KubeVirt's control plane as one run sees it come back.</summary>
internal sealed class Restoration
{
    private readonly string _failedNode;
    private readonly HashSet<string> _removed;
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectName, Pod> _pods;

    public Restoration(string failedNode, Snapshot<Pod> pods, IReadOnlyList<Pod> removed)
    {
        _failedNode = failedNode;
        _pods = pods.Items.ToDictionary(pod => pod.Name);
        _removed = [.. removed.Select(pod => pod.Uid)];
    }

    public bool IsDone
    {
        get
        {
            lock (_gate)
            {
                return KubeVirtReplicas.Components.All(component => Serving(component).Any());
            }
        }
    }

    public void Hear(WatchEvent<Pod> change)
    {
        lock (_gate)
        {
            if (change.Kind == WatchEventKind.Deleted)
            {
                _pods.Remove(change.Object!.Name);
            }
            else if (change.Object is { } pod)
            {
                _pods[pod.Name] = pod;
            }
        }
    }

    public string DescribeServing()
    {
        lock (_gate)
        {
            return string.Join(", ", KubeVirtReplicas.Components.Select(component =>
                $"{component} serves on {string.Join(" and ", Serving(component).Select(pod => pod.NodeName).Distinct().Order(StringComparer.Ordinal))}"));
        }
    }

    /// <summary>What is still awaited; null if nothing.</summary>
    public string? Describe()
    {
        lock (_gate)
        {
            var missing = KubeVirtReplicas.Components.Where(component => !Serving(component).Any()).ToList();
            return missing.Count == 0
                ? null
                : $"{string.Join(" and ", missing)} {(missing.Count == 1 ? "has" : "have")} no ready replica on a node other than {_failedNode}. {string.Join(" ", missing.Select(DescribePods))} Nothing is destroyed before they serve.";
        }
    }

    private string DescribePods(string component)
    {
        var pods = Others(component).Select(Describe).ToList();
        return pods.Count == 0 ? $"{component}: there is no pod." : $"{component}: {string.Join(", ", pods)}.";
    }

    private static string Describe(Pod pod)
    {
        var trouble = pod.Conditions.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: ConditionStatus.False });
        return trouble is null ? $"{pod.Name.Name} is {pod.Phase} on {pod.NodeName ?? "no node"}" : $"{pod.Name.Name} cannot be scheduled ({trouble.Message})";
    }

    private IEnumerable<Pod> Serving(string component) => Others(component).Where(pod => KubeVirtReplicas.ServesElsewhere(pod, _failedNode));

    /// <summary>A replica that was asked to go may look ready for a moment more.</summary>
    private IEnumerable<Pod> Others(string component) => _pods.Values
        .Where(pod => KubeVirtReplicas.ComponentOf(pod) == component && !_removed.Contains(pod.Uid))
        .OrderBy(pod => pod.Name);
}
