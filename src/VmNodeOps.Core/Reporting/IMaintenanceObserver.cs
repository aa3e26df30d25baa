namespace VmNodeOps;

/// <summary>Hears of a run's events, in order, one at a time.</summary>
/// <remarks>
/// The run does not wait for an observer: a slow one falls behind and is given a few seconds at the end; one that throws is told nothing more, which is
/// logged. Neither changes the run.
/// </remarks>
public interface IMaintenanceObserver
{
    /// <summary>Something happened.</summary>
    ValueTask OnEventAsync(MaintenanceEvent maintenanceEvent, CancellationToken cancellationToken);
}
