using System.Globalization;
using System.Text;

namespace VmNodeOps;

/// <summary>A report as people read it.</summary>
internal static class ReportText
{
    public static string Write(MaintenanceReport report)
    {
        var text = new StringBuilder();
        text.AppendLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"{report.Result}: {report.Summary}")));
        // Of a run that did not begin the summary says everything: no step was reached.
        var steps = report.Result is MaintenanceResult.Refused or MaintenanceResult.HeldByAnother ? [] : report.Steps;

        // As wide as the longest name, so that the columns stand and the lines stay short.
        var width = steps.Select(step => step.Step).Concat(report.VirtualMachines.Select(machine => machine.Name.ToString())).Max(name => name.Length as int?) ?? 0;
        string Pad(string name) => name.PadRight(width);
        foreach (var step in steps)
        {
            var duration = step.Duration is { } time ? $" ({Seconds(time)})" : "";
            text.AppendLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"  {Pad(step.Step)}  {step.Outcome.Result}{duration}: {step.Outcome.Message}")));
            if (step.Undo is { } undo)
            {
                text.AppendLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"  {Pad("  undo")}  {undo.Result}: {undo.Message}")));
            }
        }

        foreach (var machine in report.VirtualMachines)
        {
            var away = machine.AwayFor is { } time ? $", away {Seconds(time)}" : "";
            var left = machine.Outcome switch
            {
                VirtualMachineOutcome.Unmoved => "on",
                VirtualMachineOutcome.Moving => "from",
                _ => "was on",
            };
            var way = machine.To is { } to && to != machine.From ? $"{machine.From} → {to}" : $"{left} {machine.From}";
            text.AppendLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"  {Pad(machine.Name.ToString())}  {machine.Outcome}: {way}{away}")));

            // For a machine that runs elsewhere the line above says it all.
            if (machine.Message.Length > 0 && machine.Outcome is not (VirtualMachineOutcome.Migrated or VirtualMachineOutcome.Restarted))
            {
                text.AppendLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"  {Pad("")}  {machine.Message}")));
            }
        }

        foreach (var finding in report.Findings.Where(finding => finding.Severity != FindingSeverity.Refusal))
        {
            text.AppendLine(Printable.Line($"  {finding.Severity}: {finding.Message} {finding.Lift}".TrimEnd()));
        }

        // Made here, of names that the server has accepted: its lines are its own.
        text.Append(Printable.Text(report.MissingRole));
        return text.ToString();
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture);
}
