using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The rights by which a run keeps its node in view.</summary>
internal static class NodeRights
{
    public static IReadOnlyList<AccessQuestion> Watching(ObjectName node) => [To("get", node), To("list", node), To("watch", node)];

    private static AccessQuestion To(string verb, ObjectName node) => new() { Verb = verb, Group = "", Resource = "nodes", Name = node.Name };
}
