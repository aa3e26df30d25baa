using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The kubelet has not renewed its Lease for a time.</summary>
internal sealed class StaleLeaseEvidence : IEvidenceSource
{
    private const string Namespace = "kube-node-lease";
    private readonly TimeSpan _duration;

    public StaleLeaseEvidence(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        _duration = duration;
    }

    public string Description => $"the kubelet's lease is stale for {EvidenceTexts.Words(_duration)}";

    public IReadOnlyList<AccessQuestion> RightsFor(ObjectName node) =>
        [new() { Verb = "get", Group = "coordination.k8s.io", Resource = "leases", Namespace = Namespace, Name = node.Name }];

    public async Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken)
    {
        var name = new ObjectName(Namespace, request.Node.Name.Name);
        var lease = await request.Cluster.Leases.FindAsync(name, cancellationToken).ConfigureAwait(false);
        return lease?.RenewedAt is not { } renewed
            ? EvidenceAnswer.NotProven($"There is no lease {name} that was ever renewed, so it says nothing.")
            : EvidenceTexts.Stale(request, $"the lease {name}", renewed, _duration);
    }
}
