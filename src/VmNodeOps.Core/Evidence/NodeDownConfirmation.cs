namespace VmNodeOps;

/// <summary>Asks a source whether the run's node is really down, and holds its evidence against every sign of life from then on.</summary>
internal static class NodeDownConfirmation
{
    /// <returns>Succeeded, with the evidence handed over; else why it is not proven.</returns>
    public static async Task<StepOutcome> AskAsync(StepContext context, IEvidenceSource source, CancellationToken cancellationToken)
    {
        var question = await EvidenceQuestion.AskAsync(context, source, cancellationToken).ConfigureAwait(false);
        if (question.Refusal is { } refusal)
        {
            return refusal;
        }

        var node = question.Node;
        if (question.Answer.Evidence is not { } evidence)
        {
            return StepOutcome.Blocked("NodeNotProvenDown", EvidenceTexts.NotProven(node.Name.Name, question.Answer.Reason));
        }

        if (evidence.WhyNotProof(node.Identity, node.BootId, question.ServerTime) is { } objection)
        {
            return StepOutcome.Blocked("NodeNotProvenDown", EvidenceTexts.NotProven(node.Name.Name, objection));
        }

        if (context.Node.Hold(evidence, node).BrokenBy is { } sign)
        {
            return StepOutcome.Blocked(sign.Code, $"{sign.Message} {SignOfLife.Advice}");
        }

        context.Handover.Put(evidence);
        await EventTrail.ConfirmedAsync(context, evidence, cancellationToken).ConfigureAwait(false);
        var gone = context.Node.Current is null ? " Its Node object is gone." : "";
        return StepOutcome.Succeeded($"down, on the word of {evidence}; holds until {evidence.ExpiresAt:u}.{gone}");
    }
}
