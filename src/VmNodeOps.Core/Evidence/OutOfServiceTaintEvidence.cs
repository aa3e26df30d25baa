namespace VmNodeOps;

/// <summary>Somebody has declared the node out of service. Kubernetes asks them to do so only when it is off, and cannot check.</summary>
internal sealed class OutOfServiceTaintEvidence : IEvidenceSource
{
    public const string Taint = "node.kubernetes.io/out-of-service";
    private static readonly TimeSpan ValidFor = TimeSpan.FromMinutes(10);

    public string Description => $"the taint {Taint}";

    public Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken)
    {
        var taint = request.NodeIsGone ? null : request.Node.Taints.FirstOrDefault(taint => taint.Key == Taint);
        return Task.FromResult(taint is null
            ? EvidenceAnswer.NotProven($"Node {request.Node.Name} does not carry the taint {Taint}.")
            : EvidenceAnswer.Down(request.ConfirmOwn(
                EvidenceStrength.Claim, "whoever set the out-of-service taint", $"the node carries {taint.Key}={taint.Value}:{taint.Effect}", ValidFor)));
    }
}
