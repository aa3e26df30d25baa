using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Whether a pod could be bound to a node, by what the scheduler never bends: labels, required affinity, taints. How full the node is does not count here.</summary>
internal static class Placement
{
    private const string VirtSchedulable = "kubevirt.io/schedulable";

    public static bool IsOpen(Node node) => node is { Ready: ConditionStatus.True, Unschedulable: false };

    /// <summary>The first thing that keeps the pod from the node; null if nothing does.</summary>
    public static string? WhyNot(Pod pod, Node node)
    {
        if (!IsOpen(node))
        {
            return node.Unschedulable ? "cordoned" : "not Ready";
        }

        if (LauncherPods.IsLauncher(pod) && node.Labels.GetValueOrDefault(VirtSchedulable) != "true")
        {
            return "KubeVirt runs no machines there";
        }

        foreach (var (key, value) in pod.NodeSelector)
        {
            if (node.Labels.GetValueOrDefault(key) != value)
            {
                return $"lacks label {key}={value}";
            }
        }

        return pod.RequiredNodes.Count > 0 && !pod.RequiredNodes.Any(term => term.Fits(node)) ? "does not fit the required node affinity"
            : node.Taints.FirstOrDefault(taint => taint.Effect is "NoSchedule" or "NoExecute" && !pod.Tolerations.Any(toleration => toleration.Tolerates(taint))) is { } taint
                ? $"has the taint {taint.Key}"
                : null;
    }
}
