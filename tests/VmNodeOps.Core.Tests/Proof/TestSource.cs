using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.Proof;

/// <summary>A source of evidence that says what a test wants.</summary>
internal sealed class TestSource(Func<EvidenceRequest, EvidenceAnswer> answer) : IEvidenceSource
{
    public string Description => "a source of the test";

    public IReadOnlyList<AccessQuestion> RightsFor(ObjectName node) => [];

    public Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
}
