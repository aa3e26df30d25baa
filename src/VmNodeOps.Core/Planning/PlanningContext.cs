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

    /// <summary>The node, read for this plan; no more than its name, if its object is gone.</summary>
    public Node Node { get; }

    /// <summary>Whether the Node object is gone, and only a maintenance that asks for evidence goes on without it.</summary>
    public bool NodeIsGone => Node.IsStandIn();

    /// <summary>The reading side of the cluster.</summary>
    public ClusterReads Cluster { get; }

    /// <summary>The run's options.</summary>
    public MaintenanceOptions Options { get; }

    /// <summary>What steps that planned before have read, by type, so that nothing is read twice.</summary>
    public Handover Handover { get; }

    /// <summary>The nodes that the same batch cordons before it begins: nothing can move to them. Empty outside a batch, or where each node comes back before the next goes.</summary>
    internal IReadOnlyCollection<string> Companions { get; init; } = [];

    /// <summary>All steps of the maintenance: what one leaves to a later one it need not warn of.</summary>
    internal IReadOnlyList<IMaintenanceStep> Steps { get; init; } = [];

    /// <summary>Now, by the server's clock.</summary>
    public DateTimeOffset ServerTime { get; }
}
