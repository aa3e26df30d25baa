using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Takes off an out-of-service taint of ours that a run which died has left: first of all, because a node that comes back with it loses every pod.</summary>
internal sealed class ClearOutOfServiceStep : IMaintenanceStep, IRememberedStep
{
    public string Name => "put-back-in-service";

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken) => Task.FromResult(new StepPlan
    {
        Step = Name,
        Rights = OutOfServiceTaint.HasOurs(context.Node) ? [CordonRights.ChangeNode(context.Node)] : [],
        Actions = OutOfServiceTaint.HasOurs(context.Node)
            ?
            [
                new PlannedAction
                {
                    Kind = ActionKind.Mark,
                    Target = Refer.To(context.Node),
                    What = $"take the taint {OutOfServiceTaint.Key} off node {context.Node.Name}",
                    Why = "A recovery that died has left it; while it is there, every pod is removed from the node.",
                },
            ]
            : [],
    });

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Plan.Actions.Count == 0)
        {
            return StepOutcome.Skipped("no taint of ours is on the node");
        }

        return await OutOfServiceMark.TryTakeOffAsync(context).ConfigureAwait(false) is { } left
            ? StepOutcome.Blocked(left.Code, $"{left.Message} {left.Lift}")
            : StepOutcome.Succeeded("the taint is off");
    }
}
