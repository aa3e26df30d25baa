using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Switches the node's machine off and believes it only when the device says so afterwards, and Kubernetes no longer hears the node.</summary>
internal sealed class FenceStep(IFenceDevice device, FenceOptions options) : IMaintenanceStep, IActsOnMissingNode
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    public string Name => "fence";

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        context.Handover.Put(new PlannedFence(device));
        var node = context.Node;
        var findings = new List<Finding>();
        if (Lives(node))
        {
            findings.Add(FenceTexts.Lives(node, options.EvenIfNodeLives));
        }

        if (device is not FenceAgent && context.Options.StrongestForeignEvidence < EvidenceStrength.Strong)
        {
            findings.Add(FenceTexts.NotTrusted(device));
        }

        return Task.FromResult(new StepPlan
        {
            Step = Name,
            Rights = NodeRights.Watching(node.Name),
            Findings = findings,
            Actions =
            [
                new PlannedAction
                {
                    Kind = ActionKind.PowerOff,
                    Target = Refer.To(node),
                    What = $"switch off the machine of node {node.Name} by {device.Description}",
                    Why = "A machine without power runs no guest and writes no disk. It counts as off only when the device says so afterwards.",
                },
            ],
        });
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        var node = context.Node.Planned;
        var before = await device.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (before.Trouble is { } trouble)
        {
            return FenceTexts.NotFenced(node, trouble);
        }

        if (before.State != PowerState.Off && await SwitchOffAsync(context, cancellationToken).ConfigureAwait(false) is { } outcome)
        {
            return outcome;
        }

        if (!await IsNotReadyAsync(context, cancellationToken).ConfigureAwait(false))
        {
            return FenceTexts.AnotherMachine(node, device, options.NotReadyTimeout);
        }

        return StepOutcome.Succeeded(before.State == PowerState.Off ? $"{device.Description} says that the machine is off already" : $"switched off; {device.Description} confirms it");
    }

    public string? DescribePending(StepContext context) =>
        $"It is not confirmed yet that the machine of node {context.Node.Planned.Name} is off ({device.Description}); it may have been switched off meanwhile.";

    /// <summary>Ready=False is written by the kubelet itself.</summary>
    private static bool Lives(Node? node) => node?.Ready is ConditionStatus.True or ConditionStatus.False;

    /// <returns>Null when the device confirms that it is off.</returns>
    private async Task<StepOutcome?> SwitchOffAsync(StepContext context, CancellationToken cancellationToken)
    {
        context.ReportProgress(0, 1, $"{device.Description} switches the machine off");
        var told = await context.Gate.SwitchPowerAsync(
            "power-off", node => options.EvenIfNodeLives || !Lives(node) ? null : FenceTexts.Lives(node!, evenIfNodeLives: false),
            token => device.SwitchAsync(PowerAction.Off, token), cancellationToken).ConfigureAwait(false);

        // Whatever the device answered: what it says now counts. It may have done it although the answer got lost, and not done it although it said so.
        var now = await ConfirmAsync(context, cancellationToken).ConfigureAwait(false);
        return now.State == PowerState.Off
            ? null
            : told.Trouble is { } trouble ? FenceTexts.NotFenced(context.Node.Planned, trouble)
            : now.Trouble is { } unknown ? FenceTexts.NotFenced(context.Node.Planned, unknown)
            : FenceTexts.NoWord(context.Node.Planned, device, now.State);
    }

    private async Task<PowerAnswer> ConfirmAsync(StepContext context, CancellationToken cancellationToken)
    {
        var began = context.Time.GetTimestamp();
        while (true)
        {
            var answer = await device.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (answer.State == PowerState.Off || answer.Trouble is { MayPass: false } || context.Time.GetElapsedTime(began) >= options.ConfirmTimeout)
            {
                return answer;
            }

            await Task.Delay(LookAgain, context.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsNotReadyAsync(StepContext context, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.NotReadyTimeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await context.Node.WaitUntilAsync(node => node?.Ready != ConditionStatus.True, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A watch that has gone deaf would not have told.
        }

        var read = await context.PersevereAsync(context.Node.ReadNowAsync, cancellationToken).ConfigureAwait(false);
        return read?.Ready != ConditionStatus.True;
    }
}
