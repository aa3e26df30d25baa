using System.Text.Json.Serialization;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What cordon and uncordon plan alike.</summary>
internal static class CordonRights
{
    public static AccessQuestion ChangeNode(Node node) => new() { Verb = "patch", Group = "", Resource = "nodes", Name = node.Name.Name };

    public static PlannedAction Act(ActionKind kind, Node node, string verb, string why) =>
        new() { Kind = kind, Target = Refer.To(node), What = $"{verb} node {node.Name}", Why = why };
}

/// <summary>What cordon and uncordon keep for undo: whether the node was unschedulable.</summary>
[JsonSerializable(typeof(bool))]
internal sealed partial class CordonJson : JsonSerializerContext;
