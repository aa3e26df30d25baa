using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Shuts down the machines that the policy wants down before the node is drained, and waits until they are. Undo starts them again as they were.</summary>
/// <remarks>What each one's run strategy was is kept in the journal before it is touched, so that it can be put back from anywhere.</remarks>
internal sealed class ShutDownMachinesStep(DrainOptions options) : IUndoableStep, IRememberedStep
{
    public string Name => "shut-down";

    public object? Remembered => options;

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var inventory = await NodeInventory.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        var chosen = Chosen(inventory, context.Node).ToList();
        var keepsJournal = context.Handover.Find<JournalReading>() is not null;
        var refusals = chosen.Select(machine => Refusal(machine, keepsJournal)).OfType<Finding>().ToList();
        return new StepPlan
        {
            Step = Name,
            Rights = [.. MachineRights.Watching, .. RunSwitch.Rights],
            Findings = refusals,
            Actions = [.. chosen.Where(machine => Refusal(machine, keepsJournal) is null).Select(Act)],
        };
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Plan.Actions.Count == 0)
        {
            return StepOutcome.Skipped("nothing to shut down");
        }

        var inventory = context.Handover.Find<NodeInventory>()!;
        var watch = MachineWatch.GetOrBegin(context, inventory);
        var chosen = Chosen(inventory, context.Node.Planned).ToList();
        foreach (var machine in chosen)
        {
            watch.Follow(machine);
        }

        var stopped = await Task.WhenAll(chosen.Select(machine => StopAsync(context, watch, machine, cancellationToken))).ConfigureAwait(false);
        var count = stopped.Count(was => was);
        return StepOutcome.Succeeded($"{count} {(count == 1 ? "machine is" : "machines are")} down");
    }

    public async Task<StepOutcome> UndoAsync(StepContext context, CancellationToken cancellationToken) =>
        await OwedStarts.StartAsync(context, static _ => true, cancellationToken).ConfigureAwait(false);

    public string? DescribePending(StepContext context)
    {
        if (context.Handover.Find<MachineWatch>() is not { } watch)
        {
            return null;
        }

        var left = context.Plan.Actions.Select(action => action.Target!.Name).Where(name => watch.FindInstance(name) is { IsFinal: false }).Select(name => name.ToString()).ToList();
        return left.Count == 0 ? null : $"Not down yet: {string.Join(", ", left)}.";
    }

    /// <summary>Those that run here, that the drain would move, and that the policy wants down.</summary>
    private IEnumerable<MachineExpectation> Chosen(NodeInventory inventory, Node node)
    {
        var rule = DrainPlan.RuleOf(options);
        return from machine in inventory.Machines
               where machine.IsAtHome && machine.Pods.Any(pod => IsSelected(pod.Pod))
               let expected = rule.Expect(machine, inventory, node)
               where expected.Treatment.ShutsDown() && expected.Fate is not (VirtualMachineFate.OrphanLauncher or VirtualMachineFate.AlreadyEnding or VirtualMachineFate.Unaffected)
               select expected;
    }

    private bool IsSelected(Pod pod) =>
        (options.SelectsLaunchers || options.PodSelector.Length == 0 || SelectorText.Parse(options.PodSelector).Matches(pod.Labels))
        && PodRules.Judge(pod, options).Treatment == PodTreatment.Remove;

    private static Finding? Refusal(MachineExpectation machine, bool keepsJournal) => machine.Before.Machine switch
    {
        null => TreatmentPlan.Make(
            machine, FindingSeverity.Refusal, "CannotShutDown",
            "It is to be shut down first, but no virtual machine stands behind this instance, so nobody could start it again.",
            "Set the policy for it to Proceed or Skip."),
        { } wish when !RunSwitch.CanStop(wish) => TreatmentPlan.Make(
            machine, FindingSeverity.Refusal, "CannotShutDown",
            $"It is to be shut down first, and its run strategy {wish.RunStrategy} leaves no way to start it again as it was.",
            "Set the policy for it to Proceed or Skip."),
        _ when !keepsJournal => TreatmentPlan.Make(
            machine, FindingSeverity.Refusal, "NoJournal",
            "It is to be shut down first, and no journal is kept of what it was: a run that dies could not start it again.",
            "Let OpenWindow go before, and leave the journal on."),
        _ => null,
    };

    private static PlannedAction Act(MachineExpectation machine)
    {
        var when = machine.Treatment == VirtualMachineTreatment.ShutDownThenStart ? "on another node once the drain is done" : "when the node returns to service";
        var wish = machine.Before.Machine!;
        var setting = wish.Running is { } running ? $"running: {(running ? "true" : "false")}" : $"run strategy {wish.RunStrategy}";
        return new PlannedAction
        {
            Kind = ActionKind.Stop,
            Target = Refer.To(wish),
            Fate = machine.Fate,
            Treatment = machine.Treatment,
            Traits = machine.Before.Traits,
            What = $"shut down VM {machine.Name}",
            Why = $"The policy has it shut down first. It is started again {when}, with {setting} as now.",
        };
    }

    /// <returns>Whether it was stopped by us; false if it is gone or was stopped by somebody else.</returns>
    private static async Task<bool> StopAsync(StepContext context, MachineWatch watch, MachineExpectation expected, CancellationToken cancellationToken)
    {
        var machine = await context.PersevereAsync(token => context.Cluster.VirtualMachines.FindAsync(expected.Name, token), cancellationToken).ConfigureAwait(false);
        var journal = OpenJournal.Find(context)!;
        var noted = journal.Journal.Machines.FirstOrDefault(known => known.Name == expected.Name)?.StoppedByUs is { StartedAt: null } stop
            && stop.MachineUid == machine?.Uid;
        if (machine is null || machine.Uid != expected.Before.Machine!.Uid || (machine.RunStrategy == RunStrategy.Halted && !noted))
        {
            return false;
        }

        if (!noted)
        {
            // What it was is kept before it is changed; of a stop that a run before has noted, the first note counts.
            var note = new JournaledStop
            {
                MachineUid = machine.Uid,
                RunStrategy = machine.RunStrategy,
                Running = machine.Running,
                At = await context.PersevereAsync(async token => await context.Cluster.Server.GetTimeAsync(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false),
            };
            await journal.NoteStopAsync(context, expected.Name, note, cancellationToken).ConfigureAwait(false);
        }

        if (RunSwitch.CanStop(machine))
        {
            await RunSwitch.StopAsync(context, machine, cancellationToken).ConfigureAwait(false);
        }

        // Its pod ends before its instance does, so that this is enough; what is left of the pod is the drain's.
        await watch.WaitUntilEndedAsync(expected, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
