using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Asks a source about the node of a run: the node is read first, so that what it does from then on counts.</summary>
internal sealed record EvidenceQuestion(Node Node, DateTimeOffset ServerTime, EvidenceAnswer Answer, StepOutcome? Refusal)
{
    /// <summary>Reads the node and asks, unless the node shows that it lives.</summary>
    public static async Task<EvidenceQuestion> AskAsync(StepContext context, IEvidenceSource source, CancellationToken cancellationToken)
    {
        var read = await context.PersevereAsync(context.Node.ReadNowAsync, cancellationToken).ConfigureAwait(false);
        var node = read ?? context.Node.Expected;
        var serverTime = await context.PersevereAsync(token => context.Cluster.Server.GetTimeAsync(token).AsTask(), cancellationToken).ConfigureAwait(false);
        if (Refuse(node, context.Node.Expected) is { } refusal)
        {
            return new EvidenceQuestion(node, serverTime, EvidenceAnswer.NotProven(refusal.Message), refusal);
        }

        var request = new EvidenceRequest(node, read is null, context.Cluster, serverTime, context.Options.StrongestForeignEvidence);
        return new EvidenceQuestion(node, serverTime, await AskAsync(context, source, request, cancellationToken).ConfigureAwait(false), null);
    }

    private static async Task<EvidenceAnswer> AskAsync(StepContext context, IEvidenceSource source, EvidenceRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await context.PersevereAsync(token => source.GatherAsync(request, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
            when (exception is not (WriteRefusedException or ClusterException) && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // Foreign code. A source that fails has proven nothing, and the report must not be lost over it.
            return EvidenceAnswer.NotProven($"The source ({source.Description}) threw {exception.GetType().Name}: {exception.Message}");
        }
    }

    private static StepOutcome? Refuse(Node now, Node expected)
    {
        if (now.Uid != expected.Uid || (now.BootId != expected.BootId && expected.BootId.Length > 0))
        {
            return StepOutcome.Blocked(
                now.Uid != expected.Uid ? "NodeReplaced" : "NodeRebooted",
                $"Node {now.Name} is not in the state that the plan saw: uid {now.Uid}, boot {now.BootId}; was uid {expected.Uid}, boot {expected.BootId}. Nothing is force-deleted or detached; plan again.");
        }

        return now.Ready == ConditionStatus.True
            ? StepOutcome.Blocked(NodeLiveliness.ReadyCode, $"{NodeLiveliness.Ready(now)} Nothing is force-deleted or detached. {NodeLiveliness.ReadyLift}")
            : null;
    }
}
