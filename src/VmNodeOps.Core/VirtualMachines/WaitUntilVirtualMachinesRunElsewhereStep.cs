using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Waits until every machine of the node that is to run runs on another one, as ready as it was; what stays down is told.</summary>
internal sealed class WaitUntilVirtualMachinesRunElsewhereStep : IRememberedStep
{
    /// <summary>How often a machine that comes back to the node is made to leave again.</summary>
    private const int MostReturns = 2;

    public string Name => "verify-elsewhere";

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var inventory = await NodeInventory.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        var rule = context.Handover.Find<FateRule>() ?? FateRule.Eviction;
        return new StepPlan
        {
            Step = Name,
            Rights = rule.IsLoss ? [.. MachineRights.Watching, .. AttachTrouble.Rights] : MachineRights.Watching,
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

        await using var cordon = KeptCordon.Begin(context, cancellationToken);
        return await ArriveAsync(context, inventory, watch, cancellationToken).ConfigureAwait(false);
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

    /// <summary>
    /// In a run that drains, a machine that is started on the node itself again leaves it once more. A cordon does not keep away what tolerates it or names the node, and a drain without one keeps
    /// nothing away.
    /// </summary>
    private static async Task<StepOutcome> ArriveAsync(StepContext context, NodeInventory inventory, MachineWatch watch, CancellationToken cancellationToken)
    {
        for (var returns = 0; ;)
        {
            var drained = context.Handover.Find<Drainage>();
            var news = watch.Board.NextOfAny();
            var settled = await watch.WaitUntilSettledAsync(
                (done, total) => context.ReportProgress(done, total, $"{total - done} virtual machines to go"), cancellationToken, orBack: drained is not null).ConfigureAwait(false);
            var back = settled.Where(static one => one.Standing.IsBack).Select(static one => one.Expected.Name).ToList();
            if (drained is null || back.Count == 0)
            {
                return Overdue(context, settled) ?? Outcome(settled);
            }

            if (returns == MostReturns)
            {
                return ComesBack(context, back);
            }

            var again = new Drainage(context, drained.Options, inventory, watch, drained);
            context.Handover.Put(again);
            var outcome = await again.RunAsync(null, DrainStep.DrainageSelection(inventory.NodeName, drained.Options), TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            if (outcome.Result is not (StepResult.Succeeded or StepResult.Skipped))
            {
                return outcome;
            }

            // Its pod has gone, and the watch of instances has not told yet; or the instance is there before its pod.
            returns += again.Count > 0 ? 1 : 0;
            await (again.Count > 0 ? Task.CompletedTask : news.WaitAsync(cancellationToken)).ConfigureAwait(false);
        }
    }

    private static StepOutcome ComesBack(StepContext context, IReadOnlyList<ObjectName> machines)
    {
        var node = context.Node.Planned.Name;
        var why = context.Node.Current is { Unschedulable: true }
            ? "The node is cordoned, so it tolerates that (taint node.kubernetes.io/unschedulable) or names the node itself. Take that toleration out of its template"
            : $"The node is schedulable. Cordon it (kubectl cordon {node})";
        return StepOutcome.Blocked(
            "ComesBackToNode",
            $"{string.Join(", ", machines.Select(static machine => $"VM {machine}"))}: left node {node} {MostReturns + 1} times, and was started on it again each time. {why}, or shut it down for the maintenance, and run this again.");
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
