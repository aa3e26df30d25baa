using System.Globalization;
using System.Text;

namespace VmNodeOps.Tool.Rendering;

/// <summary>A plan in a few lines, for somebody who is about to say yes to it: what is done to virtual machines, by what becomes of them.</summary>
internal static class PlanDigest
{
    private const int ShownActions = 10;

    public static string Write(MaintenancePlan plan)
    {
        var text = new StringBuilder();
        text.AppendLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"Node {plan.NodeName}: {string.Join(", ", plan.Steps.Select(step => step.Step))}")));
        var acts = plan.Steps.SelectMany(step => step.Actions).Where(action => action is { Fate: not null, Kind: not ActionKind.Wait });
        foreach (var group in acts.GroupBy(action => action.Fate!.Value).OrderBy(group => group.Key))
        {
            text.AppendLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"  {Fates.InWords(group.Key)} ({group.Count()}):")));
            foreach (var action in group.Take(ShownActions))
            {
                text.AppendLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"    {action.What}")));
            }

            if (group.Count() > ShownActions)
            {
                text.AppendLine(Printable.Line(string.Create(CultureInfo.InvariantCulture, $"    and {group.Count() - ShownActions} more")));
            }
        }

        foreach (var finding in plan.Steps.SelectMany(step => step.Findings))
        {
            text.AppendLine(Printable.Line($"  {finding.Severity}: {finding.Message} {finding.Lift}".TrimEnd()));
        }

        return text.ToString();
    }
}
