using System.Globalization;
using System.Text;

namespace VmNodeOps;

/// <summary>A plan as people read it.</summary>
internal static class PlanText
{
    public static string Write(MaintenancePlan plan)
    {
        var text = new StringBuilder();
        var schedulable = plan.Unschedulable ? "cordoned" : "schedulable";
        text.AppendLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"Plan for node {plan.NodeName} (Ready: {plan.NodeReady}, {schedulable}), made {plan.MadeAt:u}")));
        var number = 0;
        foreach (var step in plan.Steps)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{++number}. {step.Step}");
            foreach (var action in step.Actions)
            {
                var fate = action.Fate is { } machine ? $" [{string.Join(", ", [machine.ToString(), .. action.Traits.Select(trait => trait.ToString())])}]" : "";
                text.AppendLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"   - {action.What}{fate}")));
                text.AppendLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"     {action.Why}")));
            }

            foreach (var finding in step.Findings)
            {
                text.AppendLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"   {Mark(finding.Severity)} {finding.Message}")));
                if (finding.Lift.Length > 0)
                {
                    text.AppendLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"     {finding.Lift}")));
                }
            }

            if (step.Actions.Count == 0 && step.Findings.Count == 0)
            {
                text.AppendLine("   (nothing to do)");
            }
        }

        if (plan.IsRefused)
        {
            text.AppendLine().AppendLine("REFUSED: this plan will not run; see the lines marked with '!!'.");
        }

        return text.ToString();
    }

    private static string Mark(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Refusal => "!!",
        FindingSeverity.Warning => "! ",
        _ => "i ",
    };
}
