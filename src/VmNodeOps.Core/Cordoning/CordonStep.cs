using System.Text.Json;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Makes the node unschedulable, so that nothing comes back while it is emptied. Undo makes it schedulable only if it was so before.</summary>
internal sealed class CordonStep : IUndoableStep, IRememberedStep
{
    private const string NodeIsGone = "NodeObjectGone";

    public string Name => "cordon";

    public bool IsPreparation => true;

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var node = context.Node;
        if (context.NodeIsGone)
        {
            return Task.FromResult(new StepPlan { Step = Name, Findings = [new Finding { Severity = FindingSeverity.Note, Code = NodeIsGone, Message = $"There is no Node object {node.Name} to cordon." }] });
        }

        // A run that died after it had cordoned the node kept in its journal how the node was before.
        var before = context.Handover.Find<JournalReading>()?.Journal?.WasUnschedulable ?? node.Unschedulable;
        return Task.FromResult(new StepPlan
        {
            Step = Name,
            Found = JsonSerializer.SerializeToElement(before, CordonJson.Default.Boolean),
            Rights = [CordonRights.ChangeNode(node)],
            Actions = node.Unschedulable ? [] : [CordonRights.Act(ActionKind.Cordon, node, "cordon", "No new pod is scheduled to it from then on.")],
            Findings = node.Unschedulable
                ? [new Finding { Severity = FindingSeverity.Note, Code = "AlreadyCordoned", Message = $"Node {node.Name} is cordoned already." }]
                : [],
        });
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Node.Current is null)
        {
            return StepOutcome.Skipped("its Node object is gone, so nothing is scheduled to it");
        }

        context.Handover.Put(new Cordoned());
        if (context.Plan.Actions.Count == 0)
        {
            return StepOutcome.Skipped("already cordoned");
        }

        await context.PersevereAsync(token => context.Gate.ChangeNodeAsync("cordon", new NodeChange { Unschedulable = true }, token), cancellationToken).ConfigureAwait(false);
        return StepOutcome.Succeeded("cordoned");
    }

    public async Task<StepOutcome> UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Plan.Found is not { ValueKind: JsonValueKind.False })
        {
            return StepOutcome.Skipped("was cordoned before");
        }

        await context.PersevereAsync(token => context.Gate.ChangeNodeAsync("uncordon", new NodeChange { Unschedulable = false }, token), cancellationToken).ConfigureAwait(false);
        return StepOutcome.Succeeded("schedulable again, as before");
    }
}
