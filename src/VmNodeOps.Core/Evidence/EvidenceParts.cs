using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What sources that are put together have in common.</summary>
internal static class EvidenceParts
{
    public static IReadOnlyList<IEvidenceSource> Of(IEnumerable<IEvidenceSource> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        IReadOnlyList<IEvidenceSource> parts = [.. sources];
        return parts.Count > 0 && parts.All(part => part is not null) ? parts : throw new ArgumentException("There must be at least one source, and none that is null.", nameof(sources));
    }

    public static string Describe(this IReadOnlyList<IEvidenceSource> parts) => string.Join(", ", parts.Select(part => part.Description));

    public static IReadOnlyList<AccessQuestion> RightsFor(this IReadOnlyList<IEvidenceSource> parts, ObjectName node) =>
        [.. parts.SelectMany(part => part.RightsFor(node)).Distinct()];

    /// <summary>One part's answer. What is about another node, another boot or another time is no answer to this question, and must not lend its strength to the others.</summary>
    public static async Task<EvidenceAnswer> AskAsync(this IEvidenceSource part, EvidenceRequest request, CancellationToken cancellationToken)
    {
        var answer = await part.GatherAsync(request, cancellationToken).ConfigureAwait(false);
        return answer.Evidence?.WhyNotAbout(request.Node.Identity, request.Node.BootId, request.ServerTime) is { } objection
            ? EvidenceAnswer.NotProven($"{part.Description}: {objection}")
            : answer;
    }
}
