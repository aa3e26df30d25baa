using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Waits until every machine of the node that is to run runs on another one, as ready as it was; what stays down is told.</summary>
internal sealed class WaitUntilVirtualMachinesRunElsewhereStep : IRememberedStep
{
    public string Name => "verify-elsewhere";

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var inventory = await NodeInventory.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        var rule = context.Handover.Find<FateRule>() ?? FateRule.Eviction;
        return new StepPlan
        {
            Step = Name,
            Rights = MachineRights.Watching,
            Actions = [.. inventory.Machines.Where(machine => DrainScope.Includes(context.Handover, machine)).Select(machine => rule.Expect(machine, inventory, context.Node)).Where(expected => expected.IsToRun).Select(expected =>
                new PlannedAction
                {
                    Kind = ActionKind.Wait,
                    Target = Refer.To(expected.Instance!),
                    Fate = expected.Fate,
                    What = $"wait until VM {expected.Name} runs on another node",
                    Why = rule.Describe(expected.Before, expected.Fate),
                })],
        };
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        var inventory = context.Handover.Find<NodeInventory>()!;
        if (!inventory.ServesKubeVirt)
        {
            return StepOutcome.Skipped("there are no virtual machines");
        }

        var rule = context.Handover.Find<FateRule>() ?? FateRule.Eviction;
        var watch = MachineWatch.GetOrBegin(context, inventory);
        foreach (var machine in inventory.Machines.Where(machine => DrainScope.Includes(context.Handover, machine)))
        {
            watch.Follow(rule.Expect(machine, inventory, context.Node.Planned));
        }

        var settled = await watch.WaitUntilSettledAsync(
            (done, total) => context.ReportProgress(done, total, $"{total - done} virtual machines to go"), cancellationToken).ConfigureAwait(false);
        return Overdue(context, settled) ?? Outcome(settled);
    }

    public string? DescribePending(StepContext context)
    {
        if (context.Handover.Find<MachineWatch>() is not { } watch)
        {
            return null;
        }

        var contact = watch.Interruption is { } interruption ? $" Contact with the API server is lost: {interruption.Message}" : "";
        var left = watch.Unsettled;
        return left.Count == 0
            ? contact.Trim()
            : $"{left.Count} virtual machines are not there yet: {string.Join(" ", left.Select(one => $"{one.Expected.Name}: {one.Standing.Message}"))}{contact}";
    }

    private static StepOutcome? Overdue(StepContext context, IReadOnlyList<(MachineExpectation Expected, MachineStanding Standing)> all)
    {
        var overdue = all.Where(one => !one.Standing.IsSettled).ToList();
        foreach (var (expected, standing) in overdue)
        {
            context.Machines.Note(expected.Name, report => report with { Message = $"Timed out after {context.Options.MachineTimeout}. {standing.Message}" });
        }

        return overdue.Count == 0
            ? null
            : StepOutcome.TimedOut($"{overdue.Count} of {all.Count} virtual machines took longer than {context.Options.MachineTimeout} (MachineTimeout): {string.Join(" ", overdue.Select(Describe))}");
    }

    private static StepOutcome Outcome(IReadOnlyList<(MachineExpectation Expected, MachineStanding Standing)> settled)
    {
        if (settled.Count == 0)
        {
            return StepOutcome.Skipped("there was no virtual machine");
        }

        var missing = settled.Where(one => one.Expected.IsToRun && one.Standing.Outcome is VirtualMachineOutcome.Missing or VirtualMachineOutcome.Lost).ToList();
        if (missing.Count > 0)
        {
            return StepOutcome.Failed(
                "NotRunningElsewhere",
                $"{missing.Count} of {settled.Count} virtual machines were to run on another node and do not: {string.Join(" ", missing.Select(Describe))}");
        }

        var counts = settled
            .GroupBy(one => one.Standing.Outcome)
            .OrderBy(group => group.Key)
            .Select(group => group.Key is VirtualMachineOutcome.Migrated or VirtualMachineOutcome.Restarted or VirtualMachineOutcome.Replaced
                ? $"{group.Count()} {Word(group.Key)}"
                : $"{group.Count()} {Word(group.Key)} ({string.Join(", ", group.Select(one => one.Expected.Name))})");
        return StepOutcome.Succeeded(string.Join(", ", counts));
    }

    private static string Describe((MachineExpectation Expected, MachineStanding Standing) one) => $"{one.Expected.Name}: {one.Standing.Message}";

    private static string Word(VirtualMachineOutcome outcome) => outcome switch
    {
        VirtualMachineOutcome.Migrated => "migrated",
        VirtualMachineOutcome.Restarted => "restarted elsewhere",
        VirtualMachineOutcome.Replaced => "replaced elsewhere",
        VirtualMachineOutcome.Unmoved => "left alone",
        VirtualMachineOutcome.StaysDown => "down and staying so",
        VirtualMachineOutcome.Lost => "gone",
        _ => outcome.ToString(),
    };
}
