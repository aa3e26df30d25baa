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

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        var read = await context.PersevereAsync(context.Node.ReadNowAsync, cancellationToken).ConfigureAwait(false);
        var node = read ?? context.Node.Expected;
        if (Refuse(node, context.Node.Expected) is { } refusal)
        {
            return refusal;
        }

        var serverTime = await context.PersevereAsync(token => context.Cluster.Server.GetTimeAsync(token).AsTask(), cancellationToken).ConfigureAwait(false);
        var answer = await source.GatherAsync(new EvidenceRequest(node, context.Cluster, serverTime), cancellationToken).ConfigureAwait(false);
        if (answer.Evidence is not { } evidence)
        {
            return StepOutcome.Blocked("NodeNotProvenDown", $"It is not proven that node {node.Name} is down. {answer.Reason} Nothing was force-deleted or detached.");
        }

        if (evidence.WhyNotProof(node.Identity, node.BootId, serverTime) is { } objection)
        {
            return StepOutcome.Blocked("NodeNotProvenDown", $"It is not proven that node {node.Name} is down. {objection} Nothing was force-deleted or detached.");
        }

        if (context.Node.Hold(evidence, node).BrokenBy is { } sign)
        {
            return StepOutcome.Blocked(sign.Code, $"{sign.Message} {SignOfLife.Advice}");
        }

        context.Handover.Put(evidence);
        var gone = read is null ? " Its Node object was deleted meanwhile." : "";
        return StepOutcome.Succeeded($"down, on the word of {evidence}; holds until {evidence.ExpiresAt:u}.{gone}");
    }

    public string? DescribePending(StepContext context) => $"It is not confirmed yet that node {context.Node.Planned.Name} is down ({source.Description}).";

    private static StepOutcome? Refuse(Node now, Node expected)
    {
        if (now.Uid != expected.Uid || (now.BootId != expected.BootId && expected.BootId.Length > 0))
        {
            return StepOutcome.Blocked(
                now.Uid != expected.Uid ? "NodeReplaced" : "NodeRebooted",
                $"Node {now.Name} is not in the state that the plan saw: uid {now.Uid}, boot {now.BootId}; was uid {expected.Uid}, boot {expected.BootId}. Nothing was written; plan again.");
        }

        return now.Ready == ConditionStatus.True ? StepOutcome.Blocked("NodeIsReady", $"{Ready(now)} Nothing was written. {ReadyLift}") : null;
    }

    private static Finding Judge(Node node, DateTimeOffset serverTime)
    {
        var condition = node.Conditions.FirstOrDefault(condition => condition.Type == "Ready");
        return node.Ready switch
        {
            ConditionStatus.True => new Finding { Severity = FindingSeverity.Refusal, Code = "NodeIsReady", Message = Ready(node), Lift = ReadyLift },
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

    private static string Ready(Node node) => $"Node {node.Name} is Ready: its kubelet reports to the API server, so the machine runs, and so do its guests.";

    private const string ReadyLift =
        "Drain it instead. If it is to be given up, power it off and wait until it is no longer Ready (40 to 50 seconds as a rule).";

    private static string Since(Condition? ready, DateTimeOffset serverTime) => ready?.LastTransitionAt is { } since
        ? string.Create(CultureInfo.InvariantCulture, $"since {since:u} ({Math.Max(0, (serverTime - since).TotalMinutes):0.#} minutes)")
        : "for a time that it does not tell";
}
