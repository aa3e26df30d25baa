using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>
/// Opens the maintenance window: keeps in a journal what was found, before anything is changed, and marks the node so that node-healthcheck controllers stay away. Where a
/// window is open already, the maintenance goes on with its journal.
/// </summary>
internal sealed class OpenWindowStep : IUndoableStep, IRememberedStep
{
    public string Name => "open-window";

    public bool IsPreparation => true;

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        if (context.NodeIsGone)
        {
            // Nothing of it can be put back, and who registers under its name is another one.
            return new StepPlan { Step = Name };
        }

        var reading = await JournalReading.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        if (reading is null)
        {
            return new StepPlan { Step = Name };
        }

        var findings = new List<Finding>();
        if (reading.Refusal is { } refusal)
        {
            findings.Add(refusal);
        }
        else if (reading.Journal is { } journal)
        {
            findings.Add(new Finding
            {
                Severity = FindingSeverity.Note,
                Code = "Resumes",
                Message = $"A maintenance of node {context.Node.Name} was opened at {journal.OpenedAt:u} by {journal.OpenedBy}; it goes on from there.",
            });
        }

        return new StepPlan
        {
            Step = Name,
            Rights = MaintenanceWindow.Rights(context.Node, reading.Where.Namespace!, opens: true),
            Actions = MaintenanceWindow.IsMarked(context.Node, reading.Where) && reading.Journal is not null ? [] : [Act(context.Node, reading.Where)],
            Findings = findings,
        };
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Handover.Find<JournalReading>() is not { } reading)
        {
            return StepOutcome.Skipped("no journal is kept");
        }

        var journal = await new JournalOpening(context, reading).OpenAsync(await DraftAsync(context, cancellationToken).ConfigureAwait(false), cancellationToken)
            .ConfigureAwait(false);
        context.Handover.Put(journal);
        await journal.BeginAsync(context, context.Services.Procedure, cancellationToken).ConfigureAwait(false);
        await journal.AddAsync(context, Machines(context), cancellationToken).ConfigureAwait(false);
        if (context.Plan.Actions.Count == 0)
        {
            return StepOutcome.Skipped("the window is open already");
        }

        if (!await MaintenanceWindow.TryMarkAsync(context, "mark", MaintenanceWindow.Opened(reading.Where), cancellationToken).ConfigureAwait(false))
        {
            return StepOutcome.Succeeded("open; the Node object is gone, so it carries no mark");
        }

        return StepOutcome.Succeeded(reading.Journal is null ? "open" : "goes on with the window that was open");
    }

    /// <summary>A window that was open before stays so: what belongs to it is not all ours to take back.</summary>
    public async Task<StepOutcome> UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Handover.Find<OpenJournal>() is not { } journal)
        {
            return StepOutcome.Skipped("it was not opened");
        }

        if (context.Handover.Find<JournalReading>()?.Journal is not null)
        {
            return StepOutcome.Skipped("the window was open before");
        }

        await MaintenanceWindow.TryMarkAsync(context, "unmark", MaintenanceWindow.Closed(journal.Journal), cancellationToken).ConfigureAwait(false);
        await journal.DeleteAsync(context, cancellationToken).ConfigureAwait(false);
        return StepOutcome.Succeeded("closed");
    }

    private static PlannedAction Act(Node node, ObjectName where) => new()
    {
        Kind = ActionKind.Mark,
        Target = Refer.To(node),
        What = $"mark node {node.Name} as in maintenance",
        Why = $"Node-healthcheck controllers stay away ({MaintenanceWindow.ExcludeFromRemediation}=true); what is found is kept in config map {where} until the node is back in service.",
    };

    private static async Task<MaintenanceJournal> DraftAsync(StepContext context, CancellationToken cancellationToken)
    {
        var node = context.Node.Planned;
        return new MaintenanceJournal
        {
            NodeName = node.Name.Name,
            NodeUid = node.Uid,
            OpenedAt = await context.Cluster.Server.GetTimeAsync(cancellationToken).ConfigureAwait(false),
            OpenedBy = context.Services.Actor,
            WasUnschedulable = node.Unschedulable,
            Labels = new Dictionary<string, string?>
            {
                [MaintenanceWindow.ExcludeFromRemediation] = node.Labels.GetValueOrDefault(MaintenanceWindow.ExcludeFromRemediation),
            },
            Taints = node.Taints,
            Machines = [.. Machines(context)],
            Procedure = context.Services.Procedure,
        };
    }

    private static IEnumerable<JournaledMachine> Machines(StepContext context) => context.Handover.Find<NodeInventory>() is { } inventory
        ? JournaledMachines.Of(inventory, context.Handover.Find<FateRule>() ?? FateRule.Eviction, context.Node.Planned)
        : [];
}
