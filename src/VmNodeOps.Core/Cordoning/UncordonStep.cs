using System.Text.Json;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Makes the node schedulable: always, or only if the journal says that this maintenance cordoned it.</summary>
internal sealed class UncordonStep(bool onlyOurs = false) : IUndoableStep, IRememberedStep
{
    private const string CordonedBefore = "CordonedBefore";

    public string Name => "uncordon";

    public object? Remembered => new UncordonOptions { OnlyOurs = onlyOurs };

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        if (!onlyOurs || await JournalReading.ReadAsync(context, cancellationToken).ConfigureAwait(false) is not { } reading)
        {
            return Plan(context.Node);
        }

        var journal = reading.Journal;
        return journal switch
        {
            { WasUnschedulable: false } => Plan(context.Node),
            { WasUnschedulable: true } => Leave(context.Node, Was(context.Node, journal)),
            null when context.Node.Unschedulable => Leave(context.Node, NotOurs(context.Node)),
            null => Plan(context.Node),
        };
    }

    /// <summary>The node as last heard decides, not the plan: an earlier step of the same run may have cordoned it.</summary>
    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (IsLeft(context))
        {
            return StepOutcome.Skipped("stays cordoned, as it was before");
        }

        if (context.Node.Current is { Unschedulable: false } && context.Plan.Actions.Count == 0)
        {
            return StepOutcome.Skipped("schedulable already");
        }

        await context.PersevereAsync(token => context.Gate.ChangeNodeAsync("uncordon", new NodeChange { Unschedulable = false }, token), cancellationToken).ConfigureAwait(false);
        return StepOutcome.Succeeded("schedulable");
    }

    public async Task<StepOutcome> UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (IsLeft(context) || context.Plan.Found is { ValueKind: JsonValueKind.False })
        {
            return StepOutcome.Skipped("as it was before");
        }

        await context.PersevereAsync(token => context.Gate.ChangeNodeAsync("cordon", new NodeChange { Unschedulable = true }, token), cancellationToken).ConfigureAwait(false);
        return StepOutcome.Succeeded("cordoned again, as before");
    }

    private static bool IsLeft(StepContext context) => context.Plan.Findings.Any(finding => finding.Code == CordonedBefore);

    private StepPlan Leave(Node node, Finding finding) => new() { Step = Name, Rights = [CordonRights.ChangeNode(node)], Findings = [finding] };

    private static Finding Was(Node node, MaintenanceJournal journal) => new()
    {
        Severity = FindingSeverity.Note,
        Code = CordonedBefore,
        Message = $"Node {node.Name} was cordoned before its maintenance was opened at {journal.OpenedAt:u}, so it stays cordoned.",
        Lift = $"To let pods come back: kubectl uncordon {node.Name}",
    };

    private static Finding NotOurs(Node node) => new()
    {
        Severity = FindingSeverity.Refusal,
        Code = "CordonedByOthers",
        Message = $"Node {node.Name} is cordoned, and no journal says that this was done by VmNodeOps: whoever did it may have a reason.",
        Lift = $"If it is to come back all the same: kubectl uncordon {node.Name}, or set EvenIfCordonedByOthers.",
    };

    private StepPlan Plan(Node node) => new()
    {
        Step = Name,
        Found = JsonSerializer.SerializeToElement(node.Unschedulable, CordonJson.Default.Boolean),
        Rights = [CordonRights.ChangeNode(node)],
        Actions = node.Unschedulable ? [CordonRights.Act(ActionKind.Uncordon, node, "uncordon", "Pods may be scheduled to it again.")] : [],
    };
}

/// <summary>What a journal keeps of an <see cref="UncordonStep"/>.</summary>
internal sealed record UncordonOptions
{
    public bool OnlyOurs { get; init; }
}
