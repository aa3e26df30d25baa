using System.Collections.Immutable;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The same maintenance on several nodes: <c>NodeMaintenance.OnNodes("worker-1", "worker-2").Each(node =&gt; node.GracefulShutdown())</c>.</summary>
/// <remarks>
/// <para>Each node has its own lock, journal, deadline and report; a batch decides when each begins. All names are looked up and all plans are made before anything is
/// written: a node that is not there, or whose plan is refused, keeps the batch from beginning.</para>
/// <para>Instances are immutable and thread-safe.</para>
/// </remarks>
public sealed class MaintenanceBatch
{
    private readonly ImmutableArray<Func<NodeMaintenance, NodeMaintenance>> _compositions;

    private MaintenanceBatch(
        IReadOnlyList<string> names, string? selector, ImmutableArray<Func<NodeMaintenance, NodeMaintenance>> compositions, BatchOptions options)
    {
        (NodeNames, NodeSelector, _compositions, Options) = (names, selector, compositions, options);
        if (options.FindObjection() is { } objection)
        {
            throw new ArgumentException(objection);
        }
    }

    /// <summary>The nodes, in the order in which they take their turns; empty if a label selector chooses them.</summary>
    public IReadOnlyList<string> NodeNames { get; }

    /// <summary>The label selector that chooses the nodes when the plan is made; null if they are named.</summary>
    public string? NodeSelector { get; }

    /// <summary>How they are maintained together.</summary>
    public BatchOptions Options { get; }

    internal static MaintenanceBatch OfNames(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var list = names.Select(static name => new ObjectName(name).Name).Distinct(StringComparer.Ordinal).ToList();
        return list.Count > 0 ? new(list, null, [], new BatchOptions()) : throw new ArgumentException("Name at least one node.", nameof(names));
    }

    internal static MaintenanceBatch OfLabels(string selector)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(selector);
        PodSelectors.Check(selector);
        return new([], selector, [], new BatchOptions());
    }

    /// <summary>Composes what is done with each node. Called again, it goes on with what was composed before.</summary>
    public MaintenanceBatch Each(Func<NodeMaintenance, NodeMaintenance> compose)
    {
        ArgumentNullException.ThrowIfNull(compose);
        return new(NodeNames, NodeSelector, _compositions.Add(compose), Options);
    }

    /// <summary>Changes how they are maintained together: <c>With(batch =&gt; batch with { MaxNodesAtOnce = 3 })</c>.</summary>
    /// <exception cref="ArgumentException">The options make no sense after the change.</exception>
    public MaintenanceBatch With(Func<BatchOptions, BatchOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new(NodeNames, NodeSelector, _compositions, change(Options));
    }

    /// <summary>Says what would be done with each node now. Reads only.</summary>
    /// <exception cref="ClusterException">A node is not there, or the cluster could not be read.</exception>
    public Task<BatchPlan> PlanAsync(IClusterClient cluster, CancellationToken cancellationToken = default) =>
        new MaintenanceRunner(cluster).PlanAsync(this, cancellationToken);

    /// <summary>Plans, and runs the plans.</summary>
    /// <exception cref="ClusterException">A plan could not be made; nothing was written.</exception>
    /// <exception cref="BatchCanceledException">Cancelled; carries the report so far.</exception>
    public Task<BatchReport> RunAsync(IClusterClient cluster, CancellationToken cancellationToken = default) =>
        new MaintenanceRunner(cluster).RunAsync(this, cancellationToken: cancellationToken);

    /// <summary>What is done with one of the nodes. Only a name that somebody wrote is a word about that node; what labels choose may be whatever a broken network has cut off.</summary>
    internal NodeMaintenance On(string nodeName) =>
        _compositions.Aggregate(NodeMaintenance.OnNode(nodeName), static (maintenance, compose) => compose(maintenance)).TogetherWith(NodeNames);
}
