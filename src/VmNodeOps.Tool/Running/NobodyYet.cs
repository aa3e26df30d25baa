namespace VmNodeOps.Tool.Running;

/// <summary>Stands in a plan for whoever the run will name.</summary>
internal sealed class NobodyYet : IEvidenceSource
{
    public string Description => "whom or what the run will name: --confirmed-by or --fence-agent";

    public Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(EvidenceAnswer.NotProven("Nobody has confirmed yet that the node is off."));
}
