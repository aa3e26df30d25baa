using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The marks by which controllers show on a Node that they are at work on it.</summary>
internal static class OtherActors
{
    private static readonly (string Prefix, string Who)[] Taints =
    [
        ("medik8s.io/remediation", "self-node-remediation"),
        ("medik8s.io/fence-agents-remediation", "fence-agents-remediation"),
        ("remediation.medik8s.io/fence-agents-remediation", "fence-agents-remediation"),
        ("medik8s.io/drain", "node-maintenance-operator"),
        ("karpenter.sh/disrupted", "Karpenter"),
        ("karpenter.sh/disruption", "Karpenter"),
        ("ToBeDeletedByClusterAutoscaler", "the cluster autoscaler"),
    ];

    private static readonly (string Key, string Who)[] Annotations =
    [
        ("harvesterhci.io/drain-requested", "Harvester"),
        ("harvesterhci.io/maintain-status", "Harvester"),
        ("weave.works/kured-reboot-in-progress", "kured"),
    ];

    public static IEnumerable<string> On(Node node) =>
    [
        .. from taint in node.Taints
           from known in Taints
           where taint.Key == known.Prefix
           select $"Node {node.Name} carries the taint {taint.Key}:{taint.Effect} of {known.Who}, which is at work on it.",
        .. from known in Annotations
           where node.Annotations.ContainsKey(known.Key)
           select $"Node {node.Name} carries the annotation {known.Key}={Plain(node.Annotations[known.Key])} of {known.Who}, which is at work on it.",
    ];

    public static string Of(Remediation remediation) => $"{remediation.Kind} {remediation.Name} names node {remediation.NodeName}: its operator is at work on it.";

    private static string Plain(string text) => string.Concat(text.Take(60).Select(character => char.IsControl(character) ? ' ' : character));
}
