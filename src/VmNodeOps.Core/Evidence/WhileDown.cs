namespace VmNodeOps;

/// <summary>The frame of every step that destroys: no evidence, no act; a sign of life, and the act ends.</summary>
internal static class WhileDown
{
    /// <summary>Acts with the run's evidence for as long as the node gives no sign of life.</summary>
    /// <returns>The act's outcome; blocked if there is no evidence or if it proved wrong.</returns>
    public static async Task<StepOutcome> WhileNodeIsDownAsync(
        this StepContext context, Func<FencingEvidence, CancellationToken, Task<StepOutcome>> act, CancellationToken cancellationToken)
    {
        var silence = context.Node.Silence;
        if (context.Handover.Find<FencingEvidence>() is not { } evidence || silence is null)
        {
            return StepOutcome.Blocked(
                "NoEvidence",
                $"Nobody has confirmed in this run that node {context.Node.Planned.Name} is down, so nothing is force-deleted or detached. Add ConfirmNodeIsDown(…) before this step.");
        }

        using var down = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Broken);
        try
        {
            return await act(evidence, down.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && silence.BrokenBy is not null)
        {
            throw silence.BrokenBy.Refusal();
        }
    }
}
