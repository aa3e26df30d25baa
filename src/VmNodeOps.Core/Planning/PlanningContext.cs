using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What a step plans with: the node as it is now, and the reading side of the cluster.</summary>
public sealed class PlanningContext
{
    internal PlanningContext(Node node, ClusterReads cluster, MaintenanceOptions options, Handover handover, DateTimeOffset serverTime)
    {
        Node = node;
        Cluster = cluster;
        Options = options;
        Handover = handover;
        ServerTime = serverTime;
    }

    /// <summary>The node, read for this plan.</summary>
    public Node Node { get; }

    /// <summary>The reading side of the cluster.</summary>
    public ClusterReads Cluster { get; }

    /// <summary>The run's options.</summary>
    public MaintenanceOptions Options { get; }

    /// <summary>What steps that planned before have read, by type, so that nothing is read twice.</summary>
    public Handover Handover { get; }

    /// <summary>Now, by the server's clock.</summary>
    public DateTimeOffset ServerTime { get; }
}
