using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Asks for soft evidence, which may come only with time, and from then on keeps the node's silence in view: any sign of life ends the run.</summary>
internal sealed class SuspectNodeIsDownStep(IEvidenceSource source, TimeSpan patience) : IMaintenanceStep, IActsOnMissingNode
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    public string Name => "suspect-down";

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken) => Task.FromResult(new StepPlan
    {
        Step = Name,
        Rights = [.. NodeRights.Watching(context.Node.Name), .. source.RightsFor(context.Node.Name)],
        Actions =
        [
            new PlannedAction
            {
                Kind = ActionKind.Confirm,
                Target = Refer.To(context.Node),
                What = $"look whether node {context.Node.Name} seems down: {source.Description}",
                Why = "It proves nothing, but a machine that is heard of is not to be switched off.",
            },
        ],
        Findings = [NodeLiveliness.Judge(context.Node, context.ServerTime, isToBeFenced: false)],
    });

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        var began = context.Time.GetTimestamp();
        while (true)
        {
            var question = await EvidenceQuestion.AskAsync(context, source, cancellationToken).ConfigureAwait(false);
            if (question.Refusal is { } refusal)
            {
                return refusal;
            }

            if (question.Answer.Evidence is { } evidence && evidence.WhyNotAbout(question.Node.Identity, question.Node.BootId, question.ServerTime) is null)
            {
                var sign = context.Node.Hold(evidence, question.Node).BrokenBy;
                return sign is null ? StepOutcome.Succeeded($"seems down: {evidence}") : StepOutcome.Blocked(sign.Code, $"{sign.Message} {SignOfLife.Advice}");
            }

            if (context.Time.GetElapsedTime(began) >= patience)
            {
                return StepOutcome.Blocked("NodeNotSuspect", $"Node {question.Node.Name} does not seem down: {question.Answer.Reason} It is left alone.");
            }

            context.ReportProgress(0, 1, question.Answer.Reason);
            await WaitAsync(context, cancellationToken).ConfigureAwait(false);
        }
    }

    public string? DescribePending(StepContext context) => $"Node {context.Node.Planned.Name} does not seem down yet ({source.Description}).";

    /// <summary>Until the node is Ready, or it is time to ask again: leases are not watched, because every kubelet renews its own every ten seconds.</summary>
    private static async Task WaitAsync(StepContext context, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LookAgain, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await context.Node.WaitUntilAsync(node => node?.Ready == ConditionStatus.True, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Time to ask again.
        }
    }
}
