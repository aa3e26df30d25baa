using System.Globalization;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Asks a source whether the node is really down, and hands its evidence to the steps that destroy.</summary>
internal sealed class ConfirmNodeIsDownStep(IEvidenceSource source) : IMaintenanceStep
{
    private const string Danger =
        "KubeVirt starts a machine anew as soon as its pod object is gone. If the node is only cut off, the old guest runs on and both write to the same disks.";

    public string Name => "confirm-down";

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var node = context.Node;
        return Task.FromResult(new StepPlan
        {
            Step = Name,
            Rights = NodeRights.Watching(node.Name),
            Actions =
            [
                new PlannedAction { Kind = ActionKind.Confirm, Target = Refer.To(node), What = $"ask whether node {node.Name} is down: {source.Description}", Why = Danger },
            ],
            Findings = [Judge(node, context.ServerTime)],
        });
    }

    public Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken) => NodeDownConfirmation.AskAsync(context, source, cancellationToken);

    public string? DescribePending(StepContext context) => $"It is not confirmed yet that node {context.Node.Planned.Name} is down ({source.Description}).";

    private static Finding Judge(Node node, DateTimeOffset serverTime)
    {
        var condition = node.Conditions.FirstOrDefault(condition => condition.Type == "Ready");
        return node.Ready switch
        {
            ConditionStatus.True => new Finding { Severity = FindingSeverity.Refusal, Code = "NodeIsReady", Message = NodeDownConfirmation.Ready(node), Lift = NodeDownConfirmation.ReadyLift },
            ConditionStatus.False => new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "KubeletReports",
                Message = $"Node {node.Name} says itself that it is not Ready ({condition?.Reason}: {condition?.Message}): when it said so its kubelet lived, and so may its guests.",
                Lift = "Power the machine off, or make sure that it is off, before you go on. If its kubelet reports once more during the run, the run stops.",
            },
            _ => new Finding
            {
                Severity = FindingSeverity.Note,
                Code = "NodeIsSilent",
                Message = $"Node {node.Name} has not been heard {Since(condition, serverTime)}. It may be down or cut off; only your evidence tells which.",
            },
        };
    }

    private static string Since(Condition? ready, DateTimeOffset serverTime) => ready?.LastTransitionAt is { } since
        ? string.Create(CultureInfo.InvariantCulture, $"since {since:u} ({Math.Max(0, (serverTime - since).TotalMinutes):0.#} minutes)")
        : "for a time that it does not tell";
}
