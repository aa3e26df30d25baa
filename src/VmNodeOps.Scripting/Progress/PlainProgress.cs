using System.Globalization;

namespace VmNodeOps.Scripting;

/// <summary>A line for each event worth one, for logs and pipes.</summary>
internal sealed class PlainProgress(TextWriter writer, bool namesNode = false)
{
    public async Task<MaintenanceReport?> FollowAsync(IAsyncEnumerable<MaintenanceEvent> events)
    {
        MaintenanceReport? report = null;
        await foreach (var maintenanceEvent in events)
        {
            report = (maintenanceEvent as RunFinished)?.Report ?? report;
            if (IsWorthALine(maintenanceEvent))
            {
                var line = Printable.Line(maintenanceEvent.Describe());
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{maintenanceEvent.At:HH:mm:ss}Z {(namesNode && maintenanceEvent is not RunStarted ? $"{maintenanceEvent.NodeName} " : "")}{line}"));
                writer.Flush();
            }
        }

        return report;
    }

    /// <summary>Not the report, which follows as data; and of the writes only those whose answer was lost, since the others show in what they do.</summary>
    private static bool IsWorthALine(MaintenanceEvent maintenanceEvent) => maintenanceEvent switch
    {
        RunFinished or StepStarted or BatchFinished => false,
        WriteAnswered write => write.Write.Result == WriteResult.Unknown,
        _ => true,
    };
}
