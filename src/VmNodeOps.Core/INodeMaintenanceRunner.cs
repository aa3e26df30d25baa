using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Plans and runs maintenances on one cluster. Thread-safe: many runs at once.</summary>
public interface INodeMaintenanceRunner
{
    /// <summary>Says what the steps would do now. Reads only.</summary>
    /// <exception cref="ClusterException">There is no such node, or the cluster could not be read.</exception>
    Task<MaintenancePlan> PlanAsync(NodeMaintenance maintenance, CancellationToken cancellationToken = default);

    /// <summary>Runs a maintenance.</summary>
    /// <param name="maintenance">What to do.</param>
    /// <param name="approved">A plan made before: exactly it is run, or nothing if it would be another one now. Null: whatever the plan is now.</param>
    /// <param name="observer">Hears of the events; null for none.</param>
    /// <param name="cancellationToken">Cancels the run; what was sent stays sent.</param>
    /// <returns>What happened, whatever it was.</returns>
    /// <exception cref="ClusterException">The plan could not be made; nothing was written.</exception>
    /// <exception cref="MaintenanceCanceledException">Cancelled; carries the report so far.</exception>
    Task<MaintenanceReport> RunAsync(
        NodeMaintenance maintenance, MaintenancePlan? approved = null, IMaintenanceObserver? observer = null, CancellationToken cancellationToken = default);

    /// <summary>Runs a maintenance and gives its events as they happen; the last one is <see cref="RunFinished"/> with the report.</summary>
    /// <remarks>The run begins with the enumeration and does not wait for its consumer. Leaving the enumeration early cancels the run.</remarks>
    /// <exception cref="ClusterException">The plan could not be made; nothing was written.</exception>
    /// <exception cref="MaintenanceCanceledException">Cancelled; carries the report so far.</exception>
    IAsyncEnumerable<MaintenanceEvent> StreamAsync(
        NodeMaintenance maintenance, MaintenancePlan? approved = null, CancellationToken cancellationToken = default);

    /// <summary>Says what would be done with each node of a batch now. Reads only.</summary>
    /// <exception cref="ClusterException">A node is not there, or the cluster could not be read.</exception>
    Task<BatchPlan> PlanAsync(MaintenanceBatch batch, CancellationToken cancellationToken = default);

    /// <summary>Runs a batch.</summary>
    /// <param name="batch">What to do with which nodes.</param>
    /// <param name="approved">A plan made before: exactly it is run on each node, or nothing if it would be another one now. Null: whatever the plans are now.</param>
    /// <param name="observer">Hears of the events of all nodes, one at a time; null for none.</param>
    /// <param name="cancellationToken">Cancels what has begun; what was sent stays sent.</param>
    /// <returns>What happened, whatever it was.</returns>
    /// <exception cref="ClusterException">A plan could not be made; nothing was written.</exception>
    /// <exception cref="BatchCanceledException">Cancelled; carries the report so far.</exception>
    Task<BatchReport> RunAsync(
        MaintenanceBatch batch, BatchPlan? approved = null, IMaintenanceObserver? observer = null, CancellationToken cancellationToken = default);

    /// <summary>Runs a batch and gives the events of all its nodes as they happen, each with its node and numbered per node; the last one is <see cref="BatchFinished"/>.</summary>
    /// <exception cref="ClusterException">A plan could not be made; nothing was written.</exception>
    /// <exception cref="BatchCanceledException">Cancelled; carries the report so far.</exception>
    IAsyncEnumerable<MaintenanceEvent> StreamAsync(MaintenanceBatch batch, BatchPlan? approved = null, CancellationToken cancellationToken = default);

    /// <summary>Finds what a run that died, or was cut short, has left under way on a node, and composes it again from the node's journal. Reads only.</summary>
    /// <param name="nodeName">The node.</param>
    /// <param name="evidence">Who knows that the node is down now. A recovery needs it anew, because nobody has watched the node since; anything else takes no notice of it.</param>
    /// <param name="cancellationToken">Gives up reading.</param>
    /// <returns>What is under way, or why it cannot be gone on with.</returns>
    /// <exception cref="ClusterException">There is no such node, or the cluster could not be read.</exception>
    Task<UnfinishedMaintenance> FindUnfinishedAsync(string nodeName, IEvidenceSource? evidence = null, CancellationToken cancellationToken = default);

    /// <summary>Goes on with what is under way on a node, from wherever it stands. The same as <see cref="FindUnfinishedAsync"/> and running that.</summary>
    /// <param name="nodeName">The node.</param>
    /// <param name="evidence">Who knows that the node is down now; needed for a recovery.</param>
    /// <param name="observer">Hears of the events; null for none.</param>
    /// <param name="cancellationToken">Cancels the run; what was sent stays sent.</param>
    /// <returns>What happened. If nothing is under way, or it cannot be gone on with: refused, with what lifts it, and nothing written.</returns>
    /// <exception cref="ClusterException">There is no such node, or the plan could not be made; nothing was written.</exception>
    /// <exception cref="MaintenanceCanceledException">Cancelled; carries the report so far.</exception>
    Task<MaintenanceReport> ResumeAsync(
        string nodeName, IEvidenceSource? evidence = null, IMaintenanceObserver? observer = null, CancellationToken cancellationToken = default);
}
