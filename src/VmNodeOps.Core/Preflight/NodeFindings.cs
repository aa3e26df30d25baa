using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What is to be known of the node itself, among the others.</summary>
internal static class NodeFindings
{
    /// <param name="node">The node.</param>
    /// <param name="others">The other nodes, as they are once this batch has cordoned its own: all of them, or enough to have an open one among them.</param>
    /// <param name="controlPlane">The others of the control plane, all of them; looked at only if the node is of it.</param>
    /// <param name="companions">How many of them the same batch cordons.</param>
    /// <param name="installation">KubeVirt, if it is there.</param>
    public static IEnumerable<Finding> Of(Node node, IReadOnlyList<Node> others, IReadOnlyList<Node> controlPlane, int companions, KubeVirtInstallation? installation)
    {
        if (!others.Any(Placement.IsOpen))
        {
            yield return new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "LastSchedulableNode",
                Message = $"Node {node.Name} is the last one to which pods are scheduled: of {others.Count} others none is Ready and schedulable{(companions == 0 ? "" : $", {companions} of them because this request cordons them too")}.",
                Lift = others.Count == 0 ? "Add a node." : $"{(companions == 0 ? "" : "Name fewer nodes at once, let each come back before the next, or ")}{(companions == 0 ? "Uncordon" : "uncordon")} or repair one of them: {Names(others)}.",
            };
        }

        if (node.IsControlPlane)
        {
            var left = controlPlane.Count(other => other is { IsControlPlane: true, Ready: ConditionStatus.True });
            yield return new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "ControlPlaneNode",
                Message = left == 0
                    ? $"Node {node.Name} is the only Ready control-plane node. Draining it of virtual machines leaves that alone; shutting it down ends the API server."
                    : $"Node {node.Name} is a control-plane node; {left} others are Ready. Draining it of virtual machines leaves its control plane alone.",
                Lift = "Before it is shut down, make sure that etcd keeps its quorum without it.",
            };
        }

        var drainKey = installation?.NodeDrainTaintKey ?? "kubevirt.io/drain";
        if (node.Taints.Any(taint => taint.Key == drainKey))
        {
            yield return new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "AlreadyDraining",
                Message = $"Node {node.Name} carries the taint {drainKey}, by which KubeVirt moves its machines away already; somebody else may be draining it.",
                Lift = $"If nobody is: kubectl taint node {node.Name} {drainKey}-",
            };
        }
    }

    private static string Names(IReadOnlyList<Node> nodes) =>
        string.Join(", ", nodes.Take(5).Select(node => node.Name.Name)) + (nodes.Count > 5 ? $" and {nodes.Count - 5} more" : "");
}
