using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Compares an approved plan with what the same steps would do now. Order of acts within a step does not count, their objects do.</summary>
internal static class PlanDrift
{
    public static IReadOnlyList<string> Find(MaintenancePlan approved, MaintenancePlan now)
    {
        var drift = new List<string>();
        if (approved.NodeName != now.NodeName)
        {
            return [$"The plan is for node {approved.NodeName}, not for {now.NodeName}."];
        }

        Compare(drift, "The node's UID", approved.NodeUid, now.NodeUid);
        Compare(drift, "The node's boot id", approved.BootId, now.BootId);
        Compare(drift, "The node's Ready condition", approved.NodeReady.ToString(), now.NodeReady.ToString());
        Compare(drift, "The node's unschedulable mark", approved.Unschedulable.ToString(), now.Unschedulable.ToString());
        var before = string.Join(", ", approved.Steps.Select(step => step.Step));
        var after = string.Join(", ", now.Steps.Select(step => step.Step));
        Compare(drift, "The list of steps", before, after);
        if (before == after)
        {
            foreach (var (old, current) in approved.Steps.Zip(now.Steps))
            {
                CompareSteps(drift, old, current);
            }
        }

        return drift;
    }

    private static void CompareSteps(List<string> drift, StepPlan approved, StepPlan now)
    {
        var before = approved.Actions.ToLookup(Key);
        var after = now.Actions.ToLookup(Key);
        foreach (var gone in before.Where(group => !after.Contains(group.Key)))
        {
            drift.Add($"Step {approved.Step}: no longer to {gone.First().What}.");
        }

        foreach (var come in after.Where(group => !before.Contains(group.Key)))
        {
            drift.Add($"Step {approved.Step}: now also to {come.First().What}.");
        }

        foreach (var both in before.Where(group => after.Contains(group.Key)))
        {
            var (old, current) = (both.First().Fate, after[both.Key].First().Fate);
            var (treated, treatedNow) = (both.First().Treatment, after[both.Key].First().Treatment);
            if (treated != treatedNow)
            {
                drift.Add($"Step {approved.Step}: {both.First().What}: the policy said {treated}, and says {treatedNow} now.");
            }

            if (old != current)
            {
                drift.Add($"Step {approved.Step}: {both.First().What}: the machine's fate was {old}, and is {current} now.");
            }
        }
    }

    private static (ActionKind Kind, string? ApiKind, ObjectName? Name, string? Uid, string? What) Key(PlannedAction action) =>
        action.Target is { } target
            ? (action.Kind, target.Kind, target.Name, target.Uid, null)
            : (action.Kind, null, null, null, action.What);

    private static void Compare(List<string> drift, string what, string before, string after)
    {
        if (before != after)
        {
            drift.Add($"{what} was '{before}', and is '{after}' now.");
        }
    }
}
