using System.Collections.Immutable;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What is to be done with a node: an immutable list of steps. Start here.</summary>
/// <remarks>
/// <para><c>NodeMaintenance.OnNode("worker-3").GracefulShutdown()</c> composes a procedure; <see cref="PlanAsync"/> shows what it would do;
/// <see cref="RunAsync(IClusterClient, CancellationToken)"/> does it and tells how it went.</para>
/// <para>Instances are immutable and thread-safe: one configured instance serves many runs at once, on one cluster or on several.</para>
/// <para>To watch a run, to log it, or to run on another clock, use a <see cref="MaintenanceRunner"/>.</para>
/// </remarks>
public sealed class NodeMaintenance
{
    private readonly ImmutableArray<IMaintenanceStep> _steps;
    private readonly ImmutableArray<Func<MaintenanceOptions, MaintenanceOptions>> _changes;

    private NodeMaintenance(
        string nodeName, ImmutableArray<IMaintenanceStep> steps, MaintenanceOptions defaults, ImmutableArray<Func<MaintenanceOptions, MaintenanceOptions>> changes)
    {
        NodeName = nodeName;
        _steps = steps;
        _changes = changes;
        Options = changes.Aggregate(defaults, static (options, change) => change(options));
        if (Options.FindObjection() is { } objection)
        {
            throw new ArgumentException(objection);
        }
    }

    /// <summary>The node.</summary>
    public string NodeName { get; }

    /// <summary>The steps, in the order in which they run.</summary>
    public IReadOnlyList<IMaintenanceStep> Steps => _steps;

    /// <summary>What holds for the whole run. A runner with defaults of its own puts the changes of <see cref="With"/> on top of those.</summary>
    public MaintenanceOptions Options { get; }

    /// <summary>Begins a maintenance of a node, with no steps yet.</summary>
    /// <exception cref="ArgumentException">That cannot be the name of a node.</exception>
    public static NodeMaintenance OnNode(string nodeName) => new(new ObjectName(nodeName).Name, [], new MaintenanceOptions(), []);

    /// <summary>Begins the maintenance of several nodes, which take turns in this order.</summary>
    /// <exception cref="ArgumentException">None is named, or one cannot be the name of a node.</exception>
    public static MaintenanceBatch OnNodes(params IEnumerable<string> nodeNames) => MaintenanceBatch.OfNames(nodeNames);

    /// <summary>Begins the maintenance of all nodes with such labels, which take turns by name. They are looked up when the plan is made.</summary>
    /// <param name="labelSelector">In Kubernetes' own syntax: <c>rack=7,node-role.kubernetes.io/worker</c>.</param>
    /// <exception cref="ArgumentException">It is no label selector.</exception>
    public static MaintenanceBatch OnNodesLabelled(string labelSelector) => MaintenanceBatch.OfLabels(labelSelector);

    /// <summary>Adds a step at the end. Every other method that adds steps is made of this one.</summary>
    public NodeMaintenance Then(IMaintenanceStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return new NodeMaintenance(NodeName, _steps.Add(step), new MaintenanceOptions(), _changes);
    }

    /// <summary>Changes what holds for the whole run: <c>With(options =&gt; options with { Timeout = … })</c>.</summary>
    /// <exception cref="ArgumentException">The options make no sense after the change.</exception>
    public NodeMaintenance With(Func<MaintenanceOptions, MaintenanceOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new NodeMaintenance(NodeName, _steps, new MaintenanceOptions(), _changes.Add(change));
    }

    /// <summary>
    /// Says which nodes the same request names, so that the steps so far which look beyond their own node (<c>CheckBlastRadius</c>) do not take them for a surprise. A batch of named nodes does it by itself.
    /// </summary>
    /// <exception cref="ArgumentException">One of them cannot be the name of a node.</exception>
    public NodeMaintenance TogetherWith(params IEnumerable<string> nodeNames)
    {
        ArgumentNullException.ThrowIfNull(nodeNames);
        var named = nodeNames.Select(static name => new ObjectName(name).Name).ToList();
        return new NodeMaintenance(NodeName, [.. _steps.Select(step => step is IKnowsItsBatch one ? one.TogetherWith(named) : step)], new MaintenanceOptions(), _changes);
    }

    /// <summary>Says what the steps would do now. Reads only.</summary>
    /// <exception cref="ClusterException">There is no such node, or the cluster could not be read.</exception>
    public Task<MaintenancePlan> PlanAsync(IClusterClient cluster, CancellationToken cancellationToken = default) =>
        new MaintenanceRunner(cluster).PlanAsync(this, cancellationToken);

    /// <summary>Plans, and runs the plan.</summary>
    /// <returns>What happened, whatever it was; <see cref="MaintenanceReport.EnsureSucceeded"/> makes an exception of what is not success.</returns>
    /// <exception cref="ClusterException">The plan could not be made; nothing was written.</exception>
    /// <exception cref="MaintenanceCanceledException">Cancelled; carries the report so far.</exception>
    public Task<MaintenanceReport> RunAsync(IClusterClient cluster, CancellationToken cancellationToken = default) =>
        new MaintenanceRunner(cluster).RunAsync(this, cancellationToken: cancellationToken);

    /// <summary>Runs exactly a plan that was made before, and refuses if it would be another one now.</summary>
    /// <returns>What happened. If the plan no longer holds: refused, with what changed, and nothing written.</returns>
    /// <exception cref="ClusterException">The cluster could not be read; nothing was written.</exception>
    /// <exception cref="MaintenanceCanceledException">Cancelled; carries the report so far.</exception>
    public Task<MaintenanceReport> RunAsync(IClusterClient cluster, MaintenancePlan plan, CancellationToken cancellationToken = default) =>
        new MaintenanceRunner(cluster).RunAsync(this, plan, cancellationToken: cancellationToken);

    /// <summary>Goes on with what a run that died, or was cut short, has left under way on a node: the same steps with the same options, as the node's journal has them.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="nodeName">The node.</param>
    /// <param name="evidence">Who knows that the node is down now; a recovery needs it anew, anything else takes no notice of it.</param>
    /// <param name="cancellationToken">Cancels the run; what was sent stays sent.</param>
    /// <returns>What happened. If nothing is under way, or steps of your own are part of it: refused, with what lifts it, and nothing written.</returns>
    /// <exception cref="ClusterException">There is no such node, or the plan could not be made; nothing was written.</exception>
    /// <exception cref="MaintenanceCanceledException">Cancelled; carries the report so far.</exception>
    public static Task<MaintenanceReport> ResumeAsync(
        IClusterClient cluster, string nodeName, IEvidenceSource? evidence = null, CancellationToken cancellationToken = default) =>
        new MaintenanceRunner(cluster).ResumeAsync(nodeName, evidence, cancellationToken: cancellationToken);

    /// <summary>The same on other defaults: what was said here with <see cref="With"/> still counts.</summary>
    internal NodeMaintenance Over(MaintenanceOptions defaults) => new(NodeName, _steps, defaults, _changes.Add(options => Capped(options, defaults)));

    /// <summary>Whoever puts steps together does not decide whose word is trusted; whoever makes the runner does.</summary>
    private static MaintenanceOptions Capped(MaintenanceOptions options, MaintenanceOptions defaults) =>
        options.StrongestForeignEvidence <= defaults.StrongestForeignEvidence ? options : options with { StrongestForeignEvidence = defaults.StrongestForeignEvidence };
}
