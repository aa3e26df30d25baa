using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Waits until the node's kubelet reports Ready. After a reboot the node is the same object with another boot.</summary>
internal sealed class WaitUntilReadyStep : IRememberedStep
{
    public string Name => "wait-until-ready";

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
                    What = $"wait until node {context.Node.Name} is Ready",
                    Why = "What is scheduled to a node that is not Ready does not start.",
                },
            ],
        });

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        var node = await context.Node.WaitUntilAsync(node => node is null or { Ready: ConditionStatus.True }, cancellationToken).ConfigureAwait(false);
        if (node is null)
        {
            return StepOutcome.Blocked(
                "NodeDeleted", $"Node {context.Node.Planned.Name} was deleted while its return was awaited. When it has registered again, run this again.");
        }

        context.Node.AcceptReboot(node);
        return StepOutcome.Succeeded("Ready");
    }

    public string? DescribePending(StepContext context)
    {
        var ready = context.Node.Current?.Conditions.FirstOrDefault(condition => condition.Type == "Ready");
        return $"Node {context.Node.Planned.Name} is not Ready: {ready?.Status.ToString() ?? "never reported"} ({ready?.Reason}: {ready?.Message}). Check its kubelet and its network.";
    }
}
