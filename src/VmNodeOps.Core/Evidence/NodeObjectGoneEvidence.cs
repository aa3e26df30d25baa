namespace VmNodeOps;

/// <summary>Somebody has deleted the Node object.</summary>
internal sealed class NodeObjectGoneEvidence : IEvidenceSource
{
    private static readonly TimeSpan ValidFor = TimeSpan.FromMinutes(10);

    public string Description => "the Node object is gone";

    public Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken) => Task.FromResult(request.NodeIsGone
        ? EvidenceAnswer.Down(request.ConfirmOwn(EvidenceStrength.Claim, "whoever deleted the Node object", $"there is no Node object {request.Node.Name}", ValidFor))
        : EvidenceAnswer.NotProven($"The Node object {request.Node.Name} is there."));
}
