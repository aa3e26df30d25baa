using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Starts the machines that the maintenance has stopped and not started since, as they were, and waits until they run.</summary>
internal sealed class StartOwedMachinesStep : IRememberedStep
{
    private static readonly AccessQuestion[] Awaiting =
    [
        new() { Verb = "list", Group = "kubevirt.io", Resource = "virtualmachineinstances" },
        new() { Verb = "watch", Group = "kubevirt.io", Resource = "virtualmachineinstances" },
    ];

    public string Name => "start-machines";

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var reading = await JournalReading.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        var owed = reading?.Journal is { } journal ? OwedStarts.Of(journal).ToList() : [];
        return new StepPlan
        {
            Step = Name,
            Rights = [.. RunSwitch.StartRights, .. Awaiting],
            Actions = [.. owed.Select(machine => new PlannedAction
            {
                Kind = ActionKind.Start,
                Target = new ObjectReference { ApiVersion = "kubevirt.io/v1", Kind = "VirtualMachine", Name = machine.Name, Uid = machine.StoppedByUs!.MachineUid },
                What = $"start VM {machine.Name} again",
                Why = $"It was shut down for the maintenance at {machine.StoppedByUs.At:u}; its setting becomes what it was ({machine.StoppedByUs.RunStrategy}).",
            })],
        };
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Plan.Actions.Count == 0)
        {
            return StepOutcome.Skipped("nothing is owed a start");
        }

        var outcome = await OwedStarts.StartAsync(context, static _ => true, cancellationToken).ConfigureAwait(false);
        var started = OpenJournal.Find(context)!.Journal.Machines.Where(machine => machine.StoppedByUs?.StartedAt is not null);
        var left = context.Services.Findings.Where(finding => finding.Code == "NotStartedAgain").Select(finding => finding.Object?.Name).ToHashSet();
        await Task.WhenAll(started.Where(machine => IsPlanned(context, machine) && !left.Contains(machine.Name)).Select(machine => UntilRunningAsync(context, machine, cancellationToken)))
            .ConfigureAwait(false);
        return outcome;
    }

    public string? DescribePending(StepContext context) =>
        context.Plan.Actions.Count == 0 ? null : $"Asked to start, and awaited: {string.Join(", ", context.Plan.Actions.Select(action => action.Target!.Name))}.";

    private static bool IsPlanned(StepContext context, JournaledMachine machine) => context.Plan.Actions.Any(action => action.Target!.Name == machine.Name);

    private static async Task UntilRunningAsync(StepContext context, JournaledMachine machine, CancellationToken cancellationToken)
    {
        var selection = Selection.Named(machine.Name);
        var now = await context.ListAsync(context.Cluster.VirtualMachineInstances, selection, cancellationToken).ConfigureAwait(false);
        if (now.Items.Any(instance => Runs(instance, machine)))
        {
            return;
        }

        await foreach (var change in context.WatchAsync(context.Cluster.VirtualMachineInstances, selection, now, cancellationToken).ConfigureAwait(false))
        {
            if (change.Kind is WatchEventKind.Added or WatchEventKind.Modified && Runs(change.Object!, machine))
            {
                return;
            }
        }
    }

    private static bool Runs(VirtualMachineInstance instance, JournaledMachine machine) =>
        instance is { Phase: InstancePhase.Running, IsDeleting: false } && (instance.IsReady || machine.WasUnready);
}
