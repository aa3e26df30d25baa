using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The journal of a run that goes on: opened by the maintenance window, kept up to date at the end of each step, closed with the window.</summary>
internal sealed class OpenJournal(ConfigMap stored, MaintenanceJournal journal)
{
    private ConfigMap _stored = stored;
    private bool _isDeleted;

    public MaintenanceJournal Journal { get; private set; } = journal;

    /// <summary>Notes how a step ended.</summary>
    public async Task NoteAsync(StepContext context, StepPlan plan, StepResult result, CancellationToken cancellationToken)
    {
        if (_isDeleted)
        {
            return;
        }

        var now = await context.PersevereAsync(async token => await context.Cluster.Server.GetTimeAsync(token).ConfigureAwait(false), cancellationToken)
            .ConfigureAwait(false);
        var step = new JournaledStep { Step = plan.Step, Result = result, At = now, Found = plan.Found };
        await ChangeAsync(context, Journal with { Steps = [.. Journal.Steps, step] }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes in machines that came to the node since the journal was opened.</summary>
    public Task AddAsync(StepContext context, IEnumerable<JournaledMachine> machines, CancellationToken cancellationToken)
    {
        var known = Journal.Machines.Select(machine => machine.Name).ToHashSet();
        var added = machines.Where(machine => !known.Contains(machine.Name)).ToList();
        return added.Count == 0
            ? Task.CompletedTask
            : ChangeAsync(context, Journal with { Machines = [.. Journal.Machines.Concat(added).OrderBy(machine => machine.Name)] }, cancellationToken);
    }

    /// <summary>Removes the journal.</summary>
    public Task DeleteAsync(StepContext context, CancellationToken cancellationToken)
    {
        _isDeleted = true;
        return DeleteAsync(context, _stored, cancellationToken);
    }

    public static async Task DeleteAsync(StepContext context, ConfigMap stored, CancellationToken cancellationToken)
    {
        try
        {
            await context.PersevereAsync(
                token => context.Gate.WriteAsync(
                    new WriteIntent { Verb = "delete", Target = Refer.To(stored) },
                    (cluster, write) => cluster.ConfigMaps.DeleteAsync(stored.Identity, cancellationToken: write),
                    token),
                cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.NotFound)
        {
            // Deleted already: by the attempt whose answer was lost.
        }
    }

    /// <summary>Only the holder of the node's lock writes here, so a conflict is our own lost answer, or an intruder.</summary>
    private async Task ChangeAsync(StepContext context, MaintenanceJournal next, CancellationToken cancellationToken)
    {
        await context.PersevereAsync(
            async token =>
            {
                try
                {
                    _stored = await WriteAsync(context, next, token).ConfigureAwait(false);
                }
                catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.Conflict)
                {
                    _stored = await ReadOursAsync(context, token).ConfigureAwait(false);
                    _stored = await WriteAsync(context, next, token).ConfigureAwait(false);
                }
            },
            cancellationToken).ConfigureAwait(false);
        Journal = next;
    }

    private async Task<ConfigMap> ReadOursAsync(StepContext context, CancellationToken cancellationToken)
    {
        var reading = await JournalReading.ReadAsync(context.Cluster.ConfigMaps, _stored.Name, context.Node.Planned, cancellationToken).ConfigureAwait(false);
        return reading is { Journal: { } journal, Stored: { } stored } && stored.Uid == _stored.Uid && IsOurs(journal)
            ? stored
            : throw new WriteRefusedException(
                "JournalTaken", $"The journal of node {Journal.NodeName} (config map {_stored.Name}) was changed by somebody else. Nothing more is written.");
    }

    private bool IsOurs(MaintenanceJournal found) => found.OpenedAt == Journal.OpenedAt && found.OpenedBy == Journal.OpenedBy;

    private Task<ConfigMap> WriteAsync(StepContext context, MaintenanceJournal next, CancellationToken cancellationToken)
    {
        var replacement = _stored with { Data = JournalText.Write(next) };
        return context.Gate.WriteAsync(
            new WriteIntent { Verb = "journal", Target = Refer.To(_stored) },
            (cluster, token) => cluster.ConfigMaps.ReplaceAsync(replacement, token),
            cancellationToken);
    }
}
