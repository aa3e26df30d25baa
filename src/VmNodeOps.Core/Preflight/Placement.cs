using System.Text;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Whether a pod could be bound to a node, by what the scheduler never bends: labels, required affinity, taints. How full the node is does not count here.</summary>
internal static class Placement
{
    /// <summary>KubeVirt's label of the nodes on which machines run, <c>true</c> while its virt-handler lives.</summary>
    public const string VirtSchedulable = "kubevirt.io/schedulable";

    public static bool IsOpen(Node node) => node is { Ready: ConditionStatus.True, Unschedulable: false };

    /// <summary>What keeps every pod from the node; null if nothing does.</summary>
    public static Obstacle? WhyClosed(Node node) => IsOpen(node) ? null : new Obstacle(node.Unschedulable ? "cordoned" : "not Ready");

    /// <summary>The first thing that keeps the pod from a node that is open; null if nothing does.</summary>
    public static Obstacle? WhyNot(Pod pod, Node node)
    {
        if (LauncherPods.IsLauncher(pod) && node.Labels.GetValueOrDefault(VirtSchedulable) != "true")
        {
            return new Obstacle("KubeVirt runs no machines there");
        }

        foreach (var (key, value) in pod.NodeSelector)
        {
            if (node.Labels.GetValueOrDefault(key) != value)
            {
                return new Obstacle("lacks label ", key, value);
            }
        }

        return pod.RequiredNodes.Count > 0 && !pod.RequiredNodes.Any(term => term.Fits(node)) ? new Obstacle("does not fit the required node affinity")
            : node.Taints.FirstOrDefault(taint => taint.Effect is "NoSchedule" or "NoExecute" && !pod.Tolerations.Any(toleration => toleration.Tolerates(taint))) is { } taint
                ? new Obstacle("has the taint ", taint.Key)
                : null;
    }

    /// <summary>All of a pod that <see cref="WhyNot"/> looks at, as one text: pods for which it is the same fit the same nodes, and are kept from the others for the same reasons.</summary>
    public static string NeedsOf(Pod pod)
    {
        var needs = new StringBuilder();
        Add(LauncherPods.IsLauncher(pod) ? "launcher" : "");
        foreach (var (key, value) in pod.NodeSelector)
        {
            Add("selector", key, value);
        }

        foreach (var term in pod.RequiredNodes)
        {
            Add("term");
            AddRequirements("label", term.Labels);
            AddRequirements("field", term.Fields);
        }

        foreach (var toleration in pod.Tolerations)
        {
            Add("toleration", toleration.Key, toleration.IsForAnyValue ? "any" : "", toleration.Value, toleration.Effect);
        }

        return needs.ToString();

        void AddRequirements(string what, IReadOnlyList<NodeRequirement> requirements)
        {
            foreach (var requirement in requirements)
            {
                Add([what, requirement.Key, requirement.Operator, .. requirement.Values]);
            }
        }

        // With its length before each, so that no text can be taken for two.
        void Add(params ReadOnlySpan<string> texts)
        {
            needs.Append(texts.Length).Append('/');
            foreach (var text in texts)
            {
                needs.Append(text.Length).Append(':').Append(text);
            }
        }
    }
}

/// <summary>What keeps a pod from a node. It is put into words only when it is told: of millions of pairs of machine and node hardly one is.</summary>
internal readonly record struct Obstacle(string What, string Key = "", string? Value = null)
{
    public override string ToString() => Value is null ? What + Key : $"{What}{Key}={Value}";
}
