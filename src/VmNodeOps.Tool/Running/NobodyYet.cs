namespace VmNodeOps.Tool.Running;

/// <summary>Stands in a plan for the operator whom the run will name.</summary>
internal sealed class NobodyYet : IEvidenceSource
{
    public string Description => "the operator that --confirmed-by will name";

    public Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(EvidenceAnswer.NotProven("Nobody has confirmed yet that the node is off."));
}
