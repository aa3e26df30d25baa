using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>A question to an <see cref="IEvidenceSource"/>: is this node down?</summary>
public sealed class EvidenceRequest
{
    private readonly EvidenceStrength _strongestForeign;

    internal EvidenceRequest(Node node, bool nodeIsGone, ClusterReads cluster, DateTimeOffset serverTime, EvidenceStrength strongestForeign)
    {
        Node = node;
        NodeIsGone = nodeIsGone;
        Cluster = cluster;
        ServerTime = serverTime;
        _strongestForeign = strongestForeign;
    }

    /// <summary>The node, as just read; as the plan saw it, if its object is gone.</summary>
    public Node Node { get; }

    /// <summary>Whether the Node object is gone. Its machine may run all the same: a kubelet registers only when it starts.</summary>
    public bool NodeIsGone { get; }

    /// <summary>The reading side of the cluster.</summary>
    public ClusterReads Cluster { get; }

    /// <summary>Now, by the server's clock.</summary>
    public DateTimeOffset ServerTime { get; }

    /// <summary>Makes evidence that this node, in this boot, is down.</summary>
    /// <remarks>A source of one's own gets at most the strength that <see cref="MaintenanceOptions.StrongestForeignEvidence"/> allows, whatever it asks for.</remarks>
    /// <param name="strength">How much it proves.</param>
    /// <param name="witness">Who saw it; two sources that rest on the same view name the same witness, see <see cref="Evidence.ApiServer"/>.</param>
    /// <param name="statement">What was seen or said, for the record; no secrets.</param>
    /// <param name="validFor">How long it holds.</param>
    /// <exception cref="ArgumentException">Witness or statement are empty, or the duration is not positive.</exception>
    public FencingEvidence Confirm(EvidenceStrength strength, string witness, string statement, TimeSpan validFor) =>
        strength <= _strongestForeign ? Make(strength, strength, witness, statement, ServerTime, validFor) : Make(_strongestForeign, strength, witness, statement, ServerTime, validFor);

    /// <summary>The same for the sources of the library, which are what they say.</summary>
    internal FencingEvidence ConfirmOwn(EvidenceStrength strength, string witness, string statement, TimeSpan validFor, DateTimeOffset? since = null) =>
        Make(strength, strength, witness, statement, since ?? ServerTime, validFor);

    private FencingEvidence Make(EvidenceStrength strength, EvidenceStrength asked, string witness, string statement, DateTimeOffset since, TimeSpan validFor)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(witness);
        ArgumentException.ThrowIfNullOrWhiteSpace(statement);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(validFor, TimeSpan.Zero);
        return new FencingEvidence(Node, strength, [witness], statement, since, since + validFor) { AskedFor = asked };
    }
}
