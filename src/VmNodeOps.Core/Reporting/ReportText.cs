using System.Globalization;
using System.Text;

namespace VmNodeOps;

/// <summary>A report as people read it.</summary>
internal static class ReportText
{
    public static string Write(MaintenanceReport report)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{report.Result}: {report.Summary}");
        foreach (var step in report.Steps)
        {
            var duration = step.Duration is { } time ? $" ({Seconds(time)})" : "";
            text.AppendLine(CultureInfo.InvariantCulture, $"  {step.Step,-34} {step.Outcome.Result}{duration}: {step.Outcome.Message}");
            if (step.Undo is { } undo)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  {"  undo",-34} {undo.Result}: {undo.Message}");
            }
        }

        foreach (var machine in report.VirtualMachines)
        {
            var away = machine.AwayFor is { } time ? $", away {Seconds(time)}" : "";
            text.AppendLine(CultureInfo.InvariantCulture, $"  {machine.Name,-34} {machine.Outcome}: {machine.From} → {machine.To ?? "nowhere"}{away}");
            if (machine.Message.Length > 0)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  {"",-34} {machine.Message}");
            }
        }

        foreach (var finding in report.Findings)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {finding.Severity}: {finding.Message} {finding.Lift}");
        }

        return text.ToString();
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture);
}
