using System.Text.Json;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The journal of a run that goes on: opened by the maintenance window, kept up to date at the end of each step, closed with the window.</summary>
internal sealed class OpenJournal(ConfigMap stored, MaintenanceJournal journal) : IAsyncDisposable
{
    /// <summary>A maintenance that is begun again and again must not outgrow its journal.</summary>
    private const int MostSteps = 100;
    private readonly SemaphoreSlim _one = new(1);
    private ConfigMap _stored = stored;
    private bool _isDeleted;

    public MaintenanceJournal Journal { get; private set; } = journal;

    /// <summary>The journal of this run: that of its maintenance window, else the one that its plan has read; null if there is none.</summary>
    public static OpenJournal? Find(StepContext context)
    {
        if (context.Handover.Find<OpenJournal>() is { } known)
        {
            return known;
        }

        if (context.Handover.Find<JournalReading>() is not { Stored: { } stored, Journal: { } journal })
        {
            return null;
        }

        var open = new OpenJournal(stored, journal);
        context.Handover.Put(open);
        return open;
    }

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
        await ChangeAsync(context, journal => journal with { Steps = [.. journal.Steps.TakeLast(MostSteps - 1), step] }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes which procedure is under way from now on.</summary>
    public Task BeginAsync(StepContext context, JournaledProcedure procedure, CancellationToken cancellationToken) =>
        ChangeAsync(context, journal => IsSame(journal.Procedure, procedure) ? journal : journal with { Procedure = procedure }, cancellationToken);

    /// <summary>Takes in machines that came to the node since the journal was opened.</summary>
    public Task AddAsync(StepContext context, IEnumerable<JournaledMachine> machines, CancellationToken cancellationToken)
    {
        var candidates = machines.ToList();
        return ChangeAsync(
            context,
            journal =>
            {
                var known = journal.Machines.Select(machine => machine.Name).ToHashSet();
                var added = candidates.Where(machine => !known.Contains(machine.Name)).ToList();
                return added.Count == 0 ? journal : journal with { Machines = [.. journal.Machines.Concat(added).OrderBy(machine => machine.Name)] };
            },
            cancellationToken);
    }

    /// <summary>Notes that one of the journal's machines is about to be stopped (before the stop is asked for: a run that dies in between must not forget it), or that its start was asked for.</summary>
    /// <exception cref="InvalidOperationException">The journal does not have that machine; <see cref="AddAsync"/> it before.</exception>
    public Task NoteStopAsync(StepContext context, ObjectName machine, JournaledStop stop, CancellationToken cancellationToken)
    {
        if (Journal.Machines.All(known => known.Name != machine))
        {
            throw new InvalidOperationException($"The journal of node {Journal.NodeName} does not have VM {machine}.");
        }

        return ChangeAsync(
            context,
            journal => journal with { Machines = [.. journal.Machines.Select(known => known.Name == machine ? known with { StoppedByUs = stop } : known)] },
            cancellationToken);
    }

    /// <summary>Notes that one of the journal's machines is about to be started because it would have stayed down, or that its start was taken. One that the journal does not have is not noted.</summary>
    public Task NoteStartAsync(StepContext context, ObjectName machine, JournaledStart start, CancellationToken cancellationToken) => ChangeAsync(
        context,
        journal => journal with { Machines = [.. journal.Machines.Select(known => known.Name == machine ? known with { Started = start } : known)] },
        cancellationToken);

    public ValueTask DisposeAsync()
    {
        _one.Dispose();
        return ValueTask.CompletedTask;
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

    /// <summary>One change after the other. Only the holder of the node's lock writes here, so a conflict is our own lost answer, or an intruder.</summary>
    private async Task ChangeAsync(StepContext context, Func<MaintenanceJournal, MaintenanceJournal> change, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var next = change(Journal);
            if (next != Journal)
            {
                await context.PersevereAsync(token => StoreAsync(context, next, token), cancellationToken).ConfigureAwait(false);
                Journal = next;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task StoreAsync(StepContext context, MaintenanceJournal next, CancellationToken cancellationToken)
    {
        try
        {
            _stored = await WriteAsync(context, next, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.Conflict)
        {
            _stored = await ReadOursAsync(context, cancellationToken).ConfigureAwait(false);
            _stored = await WriteAsync(context, next, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ConfigMap> ReadOursAsync(StepContext context, CancellationToken cancellationToken)
    {
        var reading = await JournalReading.ReadAsync(context.Cluster.ConfigMaps, _stored.Name, context.Node.Planned, cancellationToken).ConfigureAwait(false);
        return reading is { Journal: { } journal, Stored: { } stored } && stored.Uid == _stored.Uid && IsOurs(journal)
            ? stored
            : throw new WriteRefusedException(
                "JournalTaken", $"The journal of node {Journal.NodeName} (config map {_stored.Name}) was changed by somebody else. Nothing more is written.");
    }

    /// <summary>By what is stored: records do not compare what is in their lists.</summary>
    private static bool IsSame(JournaledProcedure? one, JournaledProcedure other) =>
        one is not null
        && JsonSerializer.Serialize(one, MaintenanceJson.Lines.JournaledProcedure) == JsonSerializer.Serialize(other, MaintenanceJson.Lines.JournaledProcedure);

    private bool IsOurs(MaintenanceJournal found) => found.OpenedAt == Journal.OpenedAt && found.OpenedBy == Journal.OpenedBy;

    private Task<ConfigMap> WriteAsync(StepContext context, MaintenanceJournal next, CancellationToken cancellationToken)
    {
        var replacement = _stored with { Data = JournalText.Write(next) };
        return context.Gate.WriteAsync(
            new WriteIntent { Verb = "journal", Target = Refer.To(_stored), IsNote = true },
            (cluster, token) => cluster.ConfigMaps.ReplaceAsync(replacement, token),
            cancellationToken);
    }
}
