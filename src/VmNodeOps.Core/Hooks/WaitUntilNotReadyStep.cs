using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Waits until the node is no longer Ready: somebody else shuts it down.</summary>
internal sealed class WaitUntilNotReadyStep : IRememberedStep
{
    public string Name => "wait-until-not-ready";

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new StepPlan
        {
            Step = Name,
            Rights = NodeRights.Watching(context.Node.Name),
            Actions =
            [
                new PlannedAction
                {
                    Kind = ActionKind.Wait,
                    Target = Refer.To(context.Node),
                    What = $"wait until node {context.Node.Name} is no longer Ready",
                    Why = "Somebody shuts it down. A kubelet that is stopped says so at once; a node that loses its power is noticed after 40 to 50 seconds.",
                },
            ],
        });

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        var node = await context.Node.WaitUntilAsync(static node => node is not { Ready: ConditionStatus.True }, cancellationToken).ConfigureAwait(false);
        return StepOutcome.Succeeded(node switch
        {
            null => "its Node object is gone",
            { Ready: ConditionStatus.False } => "not Ready; its kubelet says so itself",
            _ => "not Ready; its kubelet is silent",
        });
    }

    public string? DescribePending(StepContext context) => $"Node {context.Node.Planned.Name} is still Ready: nobody has shut it down.";
}
