namespace VmNodeOps;

/// <summary>Asks a source whether the node is really down, and hands its evidence to the steps that destroy.</summary>
internal sealed class ConfirmNodeIsDownStep(IEvidenceSource source) : IRememberedStep, IActsOnMissingNode
{
    public const string StepName = "confirm-down";

    public string Name => StepName;

    public bool IsPreparation => true;

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var node = context.Node;
        var isToBeFenced = context.Handover.Find<PlannedFence>() is not null;
        return Task.FromResult(new StepPlan
        {
            Step = Name,
            Rights = [.. NodeRights.Watching(node.Name), EventTrail.Right, .. source.RightsFor(node.Name)],
            Actions =
            [
                new PlannedAction
                {
                    Kind = ActionKind.Confirm, Target = Cluster.Refer.To(node), What = $"ask whether node {node.Name} is down: {source.Description}", Why = EvidenceTexts.Danger,
                },
            ],
            Findings = isToBeFenced ? [] : [NodeLiveliness.Judge(node, context.ServerTime, isToBeFenced: false)],
        });
    }

    public Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken) => NodeDownConfirmation.AskAsync(context, source, cancellationToken);

    public string? DescribePending(StepContext context) => $"It is not confirmed yet that node {context.Node.Planned.Name} is down ({source.Description}).";
}
