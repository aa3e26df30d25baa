using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Closes the maintenance window: the node's labels as they were, no pointer, no journal.</summary>
internal sealed class CloseWindowStep : IRememberedStep
{
    public string Name => "close-window";

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var reading = await JournalReading.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        if (reading is null)
        {
            return new StepPlan { Step = Name };
        }

        var isOpen = reading.Stored is not null || context.Node.Annotations.ContainsKey(JournalReading.Pointer);
        return new StepPlan
        {
            Step = Name,
            Rights = MaintenanceWindow.Rights(context.Node, reading.Where.Namespace!, opens: false),
            Findings = reading.Refusal is { } refusal ? [refusal] : [],
            Actions = isOpen ? [Act(context.Node, reading.Where)] : [],
        };
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        // A window that an earlier step of the same run has opened is not in the plan.
        var open = context.Handover.Find<OpenJournal>();
        if (context.Plan.Actions.Count == 0 && open is null)
        {
            return StepOutcome.Skipped("no window is open");
        }

        // The marks first: while the journal is there, another run can still finish this.
        var reading = context.Handover.Find<JournalReading>()!;
        var change = (open?.Journal ?? reading.Journal) is { } journal
            ? MaintenanceWindow.Closed(journal)
            : new NodeChange { Annotations = new Dictionary<string, string?> { [JournalReading.Pointer] = null } };
        await MaintenanceWindow.TryMarkAsync(context, "unmark", change, cancellationToken).ConfigureAwait(false);
        if (open is not null)
        {
            await open.DeleteAsync(context, cancellationToken).ConfigureAwait(false);
        }
        else if (reading.Stored is { } stored)
        {
            await OpenJournal.DeleteAsync(context, stored, cancellationToken).ConfigureAwait(false);
        }

        return StepOutcome.Succeeded("closed");
    }

    private static PlannedAction Act(Node node, ObjectName where) => new()
    {
        Kind = ActionKind.Mark,
        Target = Refer.To(node),
        What = $"close the maintenance of node {node.Name}",
        Why = $"Its labels become what they were, and config map {where} goes.",
    };
}
