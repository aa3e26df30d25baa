using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Switches the node's machine on and waits until its kubelet is Ready. From then on the evidence that it was down is void, as it is meant to be.</summary>
internal sealed class PowerOnStep(IFenceDevice device) : IMaintenanceStep
{
    public string Name => "power-on";

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken) => Task.FromResult(new StepPlan
    {
        Step = Name,
        Rights = NodeRights.Watching(context.Node.Name),
        Actions =
        [
            new PlannedAction
            {
                Kind = ActionKind.PowerOn,
                Target = Refer.To(context.Node),
                What = $"switch on the machine of node {context.Node.Name} by {device.Description}, and wait until it is Ready",
                Why = "Its machines run elsewhere by then.",
            },
        ],
    });

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        var told = await context.Gate.SwitchPowerAsync(
            "power-on", static _ => null, token => device.SwitchAsync(PowerAction.On, token), cancellationToken).ConfigureAwait(false);
        if (told.Trouble is { } trouble)
        {
            return StepOutcome.Failed($"Fence{trouble.Kind}", $"{trouble.Message} Node {context.Node.Planned.Name} stays off.");
        }

        context.ReportProgress(0, 1, $"switched on; waiting until node {context.Node.Planned.Name} is Ready");
        var node = await context.Node.WaitUntilAsync(static node => node is null or { Ready: ConditionStatus.True }, cancellationToken).ConfigureAwait(false);
        if (node is null)
        {
            return StepOutcome.Blocked("NodeDeleted", $"The Node object of {context.Node.Planned.Name} is gone. When it has registered again, ReturnToService brings it back.");
        }

        context.Node.AcceptReboot(node);
        return StepOutcome.Succeeded("switched on; Ready");
    }

    public string? DescribePending(StepContext context) => $"Node {context.Node.Planned.Name} is not Ready yet after its machine was switched on.";
}
