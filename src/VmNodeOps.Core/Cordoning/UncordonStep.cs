using System.Text.Json;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Makes the node schedulable.</summary>
internal sealed class UncordonStep : IUndoableStep
{
    public string Name => "uncordon";

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var node = context.Node;
        return Task.FromResult(new StepPlan
        {
            Step = Name,
            Found = JsonSerializer.SerializeToElement(node.Unschedulable, CordonJson.Default.Boolean),
            Rights = [CordonRights.ChangeNode(node)],
            Actions = node.Unschedulable ? [CordonRights.Act(ActionKind.Uncordon, node, "uncordon", "Pods may be scheduled to it again.")] : [],
        });
    }

    /// <summary>The node as last heard decides, not the plan: an earlier step of the same run may have cordoned it.</summary>
    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Node.Current is { Unschedulable: false } && context.Plan.Actions.Count == 0)
        {
            return StepOutcome.Skipped("schedulable already");
        }

        await context.PersevereAsync(token => context.Gate.ChangeNodeAsync("uncordon", new NodeChange { Unschedulable = false }, token), cancellationToken).ConfigureAwait(false);
        return StepOutcome.Succeeded("schedulable");
    }

    public async Task<StepOutcome> UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Plan.Found is { ValueKind: JsonValueKind.False })
        {
            return StepOutcome.Skipped("was schedulable before");
        }

        await context.PersevereAsync(token => context.Gate.ChangeNodeAsync("cordon", new NodeChange { Unschedulable = true }, token), cancellationToken).ConfigureAwait(false);
        return StepOutcome.Succeeded("cordoned again, as before");
    }
}
