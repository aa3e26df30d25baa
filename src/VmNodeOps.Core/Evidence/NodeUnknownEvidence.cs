using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The API server has not heard the kubelet for a time.</summary>
internal sealed class NodeUnknownEvidence : IEvidenceSource
{
    private readonly TimeSpan _duration;

    public NodeUnknownEvidence(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        _duration = duration;
    }

    public string Description => $"Ready is Unknown for {EvidenceTexts.Words(_duration)}";

    public Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken) => Task.FromResult(Answer(request));

    private EvidenceAnswer Answer(EvidenceRequest request)
    {
        var name = request.Node.Name;
        if (request.NodeIsGone)
        {
            return EvidenceAnswer.NotProven($"There is no Node object {name} whose Ready condition could be looked at.");
        }

        var ready = request.Node.Conditions.FirstOrDefault(condition => condition.Type == "Ready");
        if (ready is not { Status: ConditionStatus.Unknown, LastTransitionAt: { } since })
        {
            return EvidenceAnswer.NotProven(ready?.Status switch
            {
                ConditionStatus.True => $"Node {name} is Ready.",
                ConditionStatus.False => $"Node {name} is not Ready, but it says so itself ({ready.Reason}): its kubelet lives.",
                _ => $"Node {name} does not tell since when it is silent.",
            });
        }

        return request.ServerTime - since < _duration
            ? EvidenceAnswer.NotProven($"Ready of node {name} is Unknown since {since:u}, which is not yet {EvidenceTexts.Words(_duration)}.")
            : EvidenceAnswer.Down(request.ConfirmOwn(EvidenceStrength.Weak, Evidence.ApiServer, $"Ready is Unknown since {since:u}", EvidenceTexts.WeakHolds));
    }
}
