using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Every one of several sources must confirm.</summary>
internal sealed class AllOfEvidence(IReadOnlyList<IEvidenceSource> parts) : IEvidenceSource
{
    public string Description => parts.Count == 1 ? parts[0].Description : $"all of: {parts.Describe()}";

    public IReadOnlyList<AccessQuestion> RightsFor(ObjectName node) => parts.RightsFor(node);

    public async Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken)
    {
        var evidence = new List<FencingEvidence>();
        foreach (var part in parts)
        {
            var answer = await part.AskAsync(request, cancellationToken).ConfigureAwait(false);
            if (answer.Evidence is not { } confirmed)
            {
                return answer;
            }

            evidence.Add(confirmed);
        }

        return EvidenceAnswer.Down(FencingEvidence.Together(evidence));
    }
}
