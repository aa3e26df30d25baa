using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>So many different witnesses must confirm: sources that rest on one view count once.</summary>
internal sealed class WitnessQuorumEvidence : IEvidenceSource
{
    private readonly int _witnesses;
    private readonly IReadOnlyList<IEvidenceSource> _parts;

    public WitnessQuorumEvidence(int witnesses, IReadOnlyList<IEvidenceSource> parts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(witnesses, 1);
        if (parts.Count < witnesses)
        {
            throw new ArgumentException($"{witnesses} witnesses are asked for, but there are only {parts.Count} sources.", nameof(parts));
        }

        _witnesses = witnesses;
        _parts = parts;
    }

    public string Description => $"at least {_witnesses} witnesses of: {_parts.Describe()}";

    public IReadOnlyList<AccessQuestion> RightsFor(ObjectName node) => _parts.RightsFor(node);

    public async Task<EvidenceAnswer> GatherAsync(EvidenceRequest request, CancellationToken cancellationToken)
    {
        var evidence = new List<FencingEvidence>();
        var reasons = new List<string>();
        foreach (var part in _parts)
        {
            var answer = await part.AskAsync(request, cancellationToken).ConfigureAwait(false);
            if (answer.Evidence is { } confirmed)
            {
                evidence.Add(confirmed);
            }
            else
            {
                reasons.Add(answer.Reason);
            }
        }

        var witnesses = evidence.SelectMany(part => part.Witnesses).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return witnesses.Count >= _witnesses
            ? EvidenceAnswer.Down(FencingEvidence.Together(evidence))
            : EvidenceAnswer.NotProven(
                $"{_witnesses} different witnesses are asked for, and {witnesses.Count} confirmed{(witnesses.Count == 0 ? "" : $" ({string.Join(", ", witnesses)})")}. {string.Join(" ", reasons)}".Trim());
    }
}
