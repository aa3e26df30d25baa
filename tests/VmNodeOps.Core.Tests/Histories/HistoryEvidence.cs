using VmNodeOps.Testing;

namespace VmNodeOps.Tests.Histories;

/// <summary>Looks at the machine itself, or lies.</summary>
internal sealed class HistoryEvidence(SimulatedCluster cluster, bool isLying) : IEvidenceSource
{
    public string Description => isLying ? "a liar" : "who has looked at the machine";

    public Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken)
    {
        var host = cluster.Host(request.Node.Name.Name);
        return Task.FromResult(isLying || !host.HasPower
            ? EvidenceAnswer.Down(request.Confirm(EvidenceStrength.Strong, Description, "it has no power", TimeSpan.FromMinutes(10)))
            : EvidenceAnswer.NotProven("it has power"));
    }
}
