namespace VmNodeOps;

/// <summary>The answer of an <see cref="IEvidenceSource"/>.</summary>
public sealed record EvidenceAnswer
{
    private EvidenceAnswer(FencingEvidence? evidence, string reason)
    {
        Evidence = evidence;
        Reason = reason;
    }

    /// <summary>The evidence; null if there is none.</summary>
    public FencingEvidence? Evidence { get; }

    /// <summary>Why there is none, and what would lift it. Empty if there is.</summary>
    public string Reason { get; }

    /// <summary>The node is down.</summary>
    public static EvidenceAnswer Down(FencingEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return new EvidenceAnswer(evidence, "");
    }

    /// <summary>It is not known to be down.</summary>
    public static EvidenceAnswer NotProven(string reason) => new(null, reason);
}
