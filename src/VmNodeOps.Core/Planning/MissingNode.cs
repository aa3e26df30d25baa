using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What stands for a node whose Node object is gone while pods or attachments of that name are still there.</summary>
/// <remarks>Its UID is no UID of the server, so a request that names it can hit nothing; a Node that registers under the name is another object.</remarks>
internal static class MissingNode
{
    private const string NoUid = "(none)";

    public static Node StandIn(ObjectName name) => new() { Name = name, Uid = NoUid };

    public static bool IsStandIn(this Node node) => node.Uid == NoUid;
}
