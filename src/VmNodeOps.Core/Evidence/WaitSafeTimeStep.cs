namespace VmNodeOps;

/// <summary>Gives a node that seems down the time to come back by itself.</summary>
internal sealed class WaitSafeTimeStep(TimeSpan duration) : IMaintenanceStep
{
    public string Name => "safe-time";

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken) => Task.FromResult(new StepPlan
    {
        Step = Name,
        Rights = NodeRights.Watching(context.Node.Name),
        Actions =
        [
            new PlannedAction
            {
                Kind = ActionKind.Wait,
                What = $"wait {EvidenceTexts.Words(duration)} while node {context.Node.Name} stays silent",
                Why = "A network or a kubelet that was away for a moment may be back; a sign of life ends the run.",
            },
        ],
    });

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Node.Silence is not { } silence)
        {
            return StepOutcome.Blocked("NoSuspicion", "Nobody has said in this run that the node seems down. Add SuspectNodeIsDown(…) before this step.");
        }

        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Broken);
            await Task.Delay(duration, context.Time, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A sign of life.
        }

        // A watch that has gone deaf would not have told.
        await context.PersevereAsync(context.Node.ReadNowAsync, cancellationToken).ConfigureAwait(false);
        return silence.BrokenBy is { } sign
            ? StepOutcome.Blocked(sign.Code, $"{sign.Message} It came back within the safe time and is left alone.")
            : StepOutcome.Succeeded($"silent for {EvidenceTexts.Words(duration)} more");
    }

    public string? DescribePending(StepContext context) => $"Node {context.Node.Planned.Name} is given {EvidenceTexts.Words(duration)} to come back by itself.";
}
