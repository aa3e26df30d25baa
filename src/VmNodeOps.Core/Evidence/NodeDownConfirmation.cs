using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Asks a source whether the run's node is really down, and holds its evidence against every sign of life from then on.</summary>
internal static class NodeDownConfirmation
{
    public static string Ready(Node node) => $"Node {node.Name} is Ready: its kubelet reports to the API server, so the machine runs, and so do its guests.";
    public const string ReadyLift =
        "Drain it instead. If it is to be given up, power it off and wait until it is no longer Ready (40 to 50 seconds as a rule).";

    /// <returns>Succeeded, with the evidence handed over; else why it is not proven.</returns>
    public static async Task<StepOutcome> AskAsync(StepContext context, IEvidenceSource source, CancellationToken cancellationToken)
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
}
