using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>One of several sources must confirm; the first strong one ends the asking.</summary>
internal sealed class AnyOfEvidence(IReadOnlyList<IEvidenceSource> parts) : IEvidenceSource
{
    public string Description => parts.Count == 1 ? parts[0].Description : $"any of: {parts.Describe()}";

    public IReadOnlyList<AccessQuestion> RightsFor(ObjectName node) => parts.RightsFor(node);

    public async Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken)
    {
        FencingEvidence? strongest = null;
        var reasons = new List<string>();
        foreach (var part in parts)
        {
            var answer = await part.AskAsync(request, cancellationToken).ConfigureAwait(false);
            if (answer.Evidence is { Strength: EvidenceStrength.Strong })
            {
                return answer;
            }

            if (answer.Evidence is not { } confirmed)
            {
                reasons.Add(answer.Reason);
            }
            else if (strongest is null || confirmed.Strength > strongest.Strength)
            {
                strongest = confirmed;
            }
        }

        return strongest is null ? EvidenceAnswer.NotProven(string.Join(" ", reasons)) : EvidenceAnswer.Down(strongest);
    }
}
