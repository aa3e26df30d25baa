namespace VmNodeOps;

/// <summary>Asks the device once before anything is changed: a wrong password is to be found out before the node is cordoned and marked.</summary>
internal sealed class CheckDeviceStep(IFenceDevice device) : IMaintenanceStep, IActsOnMissingNode
{
    public string Name => "check-device";

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken) => Task.FromResult(new StepPlan
    {
        Step = Name,
        Actions =
        [
            new PlannedAction
            {
                Kind = ActionKind.Confirm,
                What = $"ask {device.Description} whether the machine has power",
                Why = "A device that cannot be reached or does not let us in is found out before anything is changed.",
            },
        ],
    });

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        var answer = await device.ReadAsync(cancellationToken).ConfigureAwait(false);
        return answer.Trouble is { } trouble
            ? FenceTexts.NotFenced(context.Node.Planned, trouble)
            : StepOutcome.Succeeded(answer.State == PowerState.Unknown ? "it answers, but does not tell" : $"it says that the machine is {answer.State.ToString().ToLowerInvariant()}");
    }

    public string? DescribePending(StepContext context) => $"{device.Description} has not answered yet.";
}
