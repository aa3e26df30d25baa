using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Reads the node that something is asked about.</summary>
internal static class NodeReading
{
    public static async Task<Node> ReadAsync(ClusterReads cluster, string nodeName, CancellationToken cancellationToken) =>
        await cluster.Nodes.FindAsync(new ObjectName(nodeName), cancellationToken).ConfigureAwait(false) ?? throw NoSuchNode(nodeName);

    /// <summary>The node, or what stands for it where only its object is gone: something must still bear its name, or the name is wrong.</summary>
    public static async Task<Node> ReadOrStandInAsync(ClusterReads cluster, string nodeName, CancellationToken cancellationToken)
    {
        var name = new ObjectName(nodeName);
        if (await cluster.Nodes.FindAsync(name, cancellationToken).ConfigureAwait(false) is { } node)
        {
            return node;
        }

        return await AnyAsync(cluster.Pods, nodeName, cancellationToken).ConfigureAwait(false) || await AnyAsync(cluster.VolumeAttachments, nodeName, cancellationToken).ConfigureAwait(false)
            ? MissingNode.StandIn(name)
            : throw NoSuchNode(nodeName);
    }

    private static async Task<bool> AnyAsync<T>(IClusterReader<T> reader, string nodeName, CancellationToken cancellationToken)
        where T : ClusterObject =>
        (await reader.ListAsync(Selection.OnNode(nodeName), cancellationToken).ConfigureAwait(false)).Items.Count > 0;

    private static ClusterException NoSuchNode(string nodeName) => new(
        ClusterErrorCause.NotFound, $"There is no node '{nodeName}' in this cluster. Check the name (kubectl get nodes) and that the context is the right one.");
}
