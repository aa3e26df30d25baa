using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Plans and runs maintenances on one cluster. Thread-safe: many runs at once.</summary>
public sealed partial class MaintenanceRunner : INodeMaintenanceRunner
{
    private readonly IClusterClient _cluster;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MaintenanceOptions _defaults;

    /// <summary>Makes a runner.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="timeProvider">The clock for waits and deadlines; null: the system's.</param>
    /// <param name="logger">The log; null: none.</param>
    /// <param name="defaults">What holds for a run that does not say otherwise with <see cref="NodeMaintenance.With"/>; null: the library's defaults.</param>
    /// <exception cref="ArgumentException">The defaults make no sense.</exception>
    public MaintenanceRunner(
        IClusterClient cluster, TimeProvider? timeProvider = null, ILogger<MaintenanceRunner>? logger = null, MaintenanceOptions? defaults = null)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        _defaults = defaults ?? new MaintenanceOptions();
        if (_defaults.FindObjection() is { } objection)
        {
            throw new ArgumentException(objection, nameof(defaults));
        }

        _cluster = cluster;
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<MaintenanceRunner>.Instance;
    }

    /// <inheritdoc/>
    public async Task<MaintenancePlan> PlanAsync(NodeMaintenance maintenance, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        var planning = await MaintenancePlanning.MakeAsync(_cluster, maintenance.Over(_defaults), cancellationToken).ConfigureAwait(false);
        return planning.Plan;
    }

    /// <inheritdoc/>
    public async Task<MaintenanceReport> RunAsync(
        NodeMaintenance maintenance, MaintenancePlan? approved = null, IMaintenanceObserver? observer = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        var events = new EventHub(maintenance.NodeName, _time, _logger);
        if (observer is not null)
        {
            events.Attach(observer);
        }

        return await RunAsync(maintenance, approved, events, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<MaintenanceEvent> StreamAsync(
        NodeMaintenance maintenance, MaintenancePlan? approved = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        var events = new EventHub(maintenance.NodeName, _time, _logger);
        var queue = events.Subscribe();
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var run = RunAsync(maintenance, approved, events, left.Token);
        try
        {
            // Not by the token: a cancelled run still tells how it ended.
            await foreach (var maintenanceEvent in queue.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return maintenanceEvent;
            }

            await run.ConfigureAwait(false);
        }
        finally
        {
            await left.CancelAsync().ConfigureAwait(false);
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public Task<UnfinishedMaintenance> FindUnfinishedAsync(string nodeName, IEvidenceSource? evidence = null, CancellationToken cancellationToken = default) =>
        UnfinishedReading.ReadAsync(_cluster, nodeName, _defaults.Journal, evidence, cancellationToken);

    /// <inheritdoc/>
    public async Task<MaintenanceReport> ResumeAsync(
        string nodeName, IEvidenceSource? evidence = null, IMaintenanceObserver? observer = null, CancellationToken cancellationToken = default)
    {
        var unfinished = await FindUnfinishedAsync(nodeName, evidence, cancellationToken).ConfigureAwait(false);
        return unfinished.Maintenance is { } maintenance
            ? await RunAsync(maintenance, observer: observer, cancellationToken: cancellationToken).ConfigureAwait(false)
            : MaintenanceRun.NotBegun(nodeName, [], MaintenanceResult.Refused, $"{unfinished.Objection!.Message} {unfinished.Objection.Lift}", [unfinished.Objection], _time.GetUtcNow());
    }

    private async Task<MaintenanceReport> RunAsync(
        NodeMaintenance maintenance, MaintenancePlan? approved, EventHub events, CancellationToken cancellationToken)
    {
        maintenance = maintenance.Over(_defaults);
        JournalPreparation.Begin();
        try
        {
            var planning = await MaintenancePlanning.MakeAsync(_cluster, maintenance, cancellationToken).ConfigureAwait(false);
            return await MaintenanceRun.ExecuteAsync(_cluster, maintenance, planning, approved, events, _time, _logger, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (exception is not MaintenanceCanceledException && cancellationToken.IsCancellationRequested)
        {
            var report = MaintenanceRun.NotBegun(
                maintenance.NodeName,
                maintenance.Steps.Select(step => step.Name),
                MaintenanceResult.Cancelled,
                $"Node {maintenance.NodeName}: cancelled before the first step began. Nothing was written but the node's lease, if that had been reached.",
                [],
                _time.GetUtcNow());
            events.Publish(new RunFinished { Report = report });
            throw new MaintenanceCanceledException(report, cancellationToken);
        }
        finally
        {
            await events.CompleteAsync().ConfigureAwait(false);
        }
    }
}
