using System.Runtime.CompilerServices;

namespace VmNodeOps.Scripting;

/// <summary>Shows how a run goes, as the console allows: live on a terminal, a line for each event elsewhere, nothing when it is to be quiet.</summary>
/// <param name="console">Takes it.</param>
/// <param name="form">Whether events go to stdout as well.</param>
/// <param name="quiet">Whether nothing is shown.</param>
/// <param name="allowLive">Whether it may be drawn; not when several runs go on at once. Beside lines of data it never is: both may be on one terminal.</param>
/// <param name="namesNode">Whether each line says which node it is about.</param>
internal sealed class RunProgress(HostConsole console, OutputForm form, bool quiet, bool allowLive = true, bool namesNode = false)
{
    /// <returns>The report, of a run that was cancelled too.</returns>
    public async Task<MaintenanceReport> FollowAsync(IAsyncEnumerable<MaintenanceEvent> events)
    {
        MaintenanceReport? report = null;
        events = form == OutputForm.JsonLines ? WritingLinesAsync(events) : events;
        try
        {
            report = (quiet, allowLive && form != OutputForm.JsonLines ? console.Live : null) switch
            {
                (true, _) => await QuietlyAsync(events).ConfigureAwait(false),
                (false, { } live) => await new LiveProgress(live).FollowAsync(events).ConfigureAwait(false),
                _ => await new PlainProgress(console.Error, namesNode).FollowAsync(events).ConfigureAwait(false),
            };
        }
        catch (MaintenanceCanceledException exception) when (exception.Report is not null)
        {
            report = exception.Report;
        }

        return report ?? throw new InvalidOperationException("The run ended without a report.");
    }

    private static async Task<MaintenanceReport?> QuietlyAsync(IAsyncEnumerable<MaintenanceEvent> events)
    {
        MaintenanceReport? report = null;
        await foreach (var maintenanceEvent in events.ConfigureAwait(false))
        {
            report = (maintenanceEvent as RunFinished)?.Report ?? report;
        }

        return report;
    }

    /// <summary>Each line goes out at once: somebody reads along.</summary>
    private async IAsyncEnumerable<MaintenanceEvent> WritingLinesAsync(
        IAsyncEnumerable<MaintenanceEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var maintenanceEvent in events.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            console.WriteData(maintenanceEvent.ToJson());
            yield return maintenanceEvent;
        }
    }
}
