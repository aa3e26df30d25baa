using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>A question to an <see cref="IEvidenceSource"/>: is this node down?</summary>
public sealed class EvidenceRequest
{
    internal EvidenceRequest(Node node, ClusterReads cluster, DateTimeOffset serverTime)
    {
        Node = node;
        Cluster = cluster;
        ServerTime = serverTime;
    }

    /// <summary>The node, as just read.</summary>
    public Node Node { get; }

    /// <summary>The reading side of the cluster.</summary>
    public ClusterReads Cluster { get; }

    /// <summary>Now, by the server's clock.</summary>
    public DateTimeOffset ServerTime { get; }

    /// <summary>Makes evidence that this node, in this boot, is down.</summary>
    /// <param name="strength">How much it proves.</param>
    /// <param name="witness">Who saw it; two sources that rest on the same view name the same witness.</param>
    /// <param name="statement">What was seen or said, for the record; no secrets.</param>
    /// <param name="validFor">How long it holds.</param>
    /// <exception cref="ArgumentException">Witness or statement are empty, or the duration is not positive.</exception>
    public FencingEvidence Confirm(EvidenceStrength strength, string witness, string statement, TimeSpan validFor)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(witness);
        ArgumentException.ThrowIfNullOrWhiteSpace(statement);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(validFor, TimeSpan.Zero);
        return new FencingEvidence(Node, strength, witness, statement, ServerTime, ServerTime + validFor);
    }
}

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
    public static EvidenceAnswer Down(FencingEvidence evidence) => new(evidence, "");

    /// <summary>It is not known to be down.</summary>
    public static EvidenceAnswer NotProven(string reason) => new(null, reason);
}
