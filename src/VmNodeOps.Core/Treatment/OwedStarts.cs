namespace VmNodeOps;

/// <summary>Starts what a maintenance has stopped, as it was, and keeps in the journal that it did.</summary>
internal static class OwedStarts
{
    public static IEnumerable<JournaledMachine> Of(MaintenanceJournal journal) => journal.Machines.Where(machine => machine.StoppedByUs is { StartedAt: null });

    /// <param name="context">The step.</param>
    /// <param name="which">Which of the machines that are owed a start.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    public static async Task<StepOutcome> StartAsync(StepContext context, Func<JournaledMachine, bool> which, CancellationToken cancellationToken)
    {
        if (OpenJournal.Find(context) is not { } journal || Of(journal.Journal).Where(which).ToList() is not { Count: > 0 } owed)
        {
            return StepOutcome.Skipped("nothing is owed a start");
        }

        var left = (await Task.WhenAll(owed.Select(machine => StartAsync(context, journal, machine, cancellationToken))).ConfigureAwait(false)).OfType<string>().ToList();
        var started = owed.Count - left.Count;
        var asked = $"{started} {(started == 1 ? "machine is" : "machines are")} started again, as {(started == 1 ? "it was" : "they were")}";
        return StepOutcome.Succeeded(left.Count == 0 ? asked : $"{asked}; left as they are: {string.Join(" ", left)}");
    }

    /// <returns>Null if it was started; else what was left, and why.</returns>
    private static async Task<string?> StartAsync(StepContext context, OpenJournal journal, JournaledMachine owed, CancellationToken cancellationToken)
    {
        var stop = owed.StoppedByUs!;
        var machine = await context.PersevereAsync(token => context.Cluster.VirtualMachines.FindAsync(owed.Name, token), cancellationToken).ConfigureAwait(false);
        var objection = await RunSwitch.StartAsync(context, machine, stop, cancellationToken).ConfigureAwait(false);
        var now = await context.PersevereAsync(async token => await context.Cluster.Server.GetTimeAsync(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await journal.NoteStopAsync(context, owed.Name, stop with { StartedAt = now }, cancellationToken).ConfigureAwait(false);
        if (objection is null)
        {
            return null;
        }

        context.ReportFinding(new Finding
        {
            Severity = FindingSeverity.Warning,
            Code = "NotStartedAgain",
            Message = $"VM {owed.Name} was stopped for the maintenance and is not started again: {objection}.",
            Lift = $"If it is to run: {FateTexts.StartCommand(owed.Name, machine?.RunStrategy)}",
            Object = machine is null ? null : Cluster.Refer.To(machine),
        });
        return $"{owed.Name}: {objection}.";
    }
}
