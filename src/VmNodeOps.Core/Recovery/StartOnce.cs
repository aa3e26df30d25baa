using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>One start of one machine, which neither a rerun nor a lost answer makes two.</summary>
internal sealed class StartOnce(StepContext context, MachineWatch watch, OpenJournal? journal)
{
    /// <returns>Null if it was asked for or is not needed any more; else what was left, and why.</returns>
    public async Task<string?> StartAsync(MachineExpectation expected, CancellationToken cancellationToken)
    {
        // KubeVirt refuses to start a machine whose instance has not ended.
        await watch.WaitUntilEndedAsync(expected, cancellationToken).ConfigureAwait(false);
        var machine = await context.PersevereAsync(token => context.Cluster.VirtualMachines.FindAsync(expected.Name, token), cancellationToken).ConfigureAwait(false);
        var instance = await context.PersevereAsync(token => context.Cluster.VirtualMachineInstances.FindAsync(expected.Name, token), cancellationToken).ConfigureAwait(false);
        var planned = expected.Before.Machine!;
        if (StayingDown.IsUp(instance, expected.Instance!.Uid))
        {
            await NoteAsync(planned, done: true, cancellationToken).ConfigureAwait(false);
            return null;
        }

        var objection = machine is null || machine.Uid != planned.Uid || machine.IsDeleting ? "its virtual machine was deleted meanwhile"
            : machine.RunStrategy != planned.RunStrategy ? $"somebody has set its run strategy to {machine.RunStrategy} meanwhile (it was {planned.RunStrategy})"
            : null;
        if (objection is null)
        {
            await NoteAsync(planned, done: false, cancellationToken).ConfigureAwait(false);
            objection = await TryStartAsync(machine!, cancellationToken).ConfigureAwait(false);
        }

        if (objection is null)
        {
            await NoteAsync(planned, done: true, cancellationToken).ConfigureAwait(false);
            return null;
        }

        watch.ExpectNoStart(expected.Name);
        context.ReportFinding(new Finding
        {
            Severity = FindingSeverity.Warning,
            Code = "NotStarted",
            Message = $"VM {expected.Name} ran on node {expected.NodeName} and is not started: {objection}.",
            Lift = $"If it is to run: {FateTexts.StartCommand(expected.Name, machine?.RunStrategy)}",
            Object = Refer.To(planned),
        });
        return $"{expected.Name}: {objection}.";
    }

    /// <returns>Null if KubeVirt has taken it; else its refusal. A conflict is none: the machine starts already, by an attempt whose answer was lost or by somebody else.</returns>
    private async Task<string?> TryStartAsync(VirtualMachine machine, CancellationToken cancellationToken)
    {
        try
        {
            await context.WriteUnlessGoneAsync(
                token => context.Gate.WriteAsync(
                    new WriteIntent { Verb = "start", Target = Refer.To(machine) },
                    (cluster, write) => cluster.VirtualMachines.StartAsync(machine.Name, cancellationToken: write),
                    token),
                cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (ClusterException refused)
        {
            return refused.Message.TrimEnd('.');
        }
    }

    private async Task NoteAsync(VirtualMachine machine, bool done, CancellationToken cancellationToken)
    {
        if (journal is null)
        {
            return;
        }

        var now = await context.PersevereAsync(async token => await context.Cluster.Server.GetTimeAsync(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await journal.NoteStartAsync(context, machine.Name, new JournaledStart { MachineUid = machine.Uid, AskedAt = now, DoneAt = done ? now : null }, cancellationToken).ConfigureAwait(false);
    }
}
