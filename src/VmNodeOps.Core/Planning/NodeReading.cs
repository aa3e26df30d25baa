using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Reads the node that something is asked about.</summary>
internal static class NodeReading
{
    public static async Task<Node> ReadAsync(ClusterReads cluster, string nodeName, CancellationToken cancellationToken) =>
        await cluster.Nodes.FindAsync(new ObjectName(nodeName), cancellationToken).ConfigureAwait(false)
        ?? throw new ClusterException(
            ClusterErrorCause.NotFound,
            $"There is no node '{nodeName}' in this cluster. Check the name (kubectl get nodes) and that the context is the right one.");
}
