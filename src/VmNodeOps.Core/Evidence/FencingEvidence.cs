using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Proof that a node is down. Everything that destroys takes one as an argument, so that code which forgot to ask does not compile.</summary>
/// <remarks>Made only by <see cref="EvidenceRequest.Confirm"/> at run time; bound to the node's UID and boot; expires by the server's clock.</remarks>
public sealed class FencingEvidence
{
    internal FencingEvidence(
        Node node, EvidenceStrength strength, string witness, string statement, DateTimeOffset gatheredAt, DateTimeOffset expiresAt)
    {
        Node = node.Identity;
        BootId = node.BootId;
        Strength = strength;
        Witness = witness;
        Statement = statement;
        GatheredAt = gatheredAt;
        ExpiresAt = expiresAt;
    }

    /// <summary>The very node.</summary>
    public ObjectIdentity Node { get; }

    /// <summary>The boot that has ended.</summary>
    public string BootId { get; }

    /// <summary>How much it proves.</summary>
    public EvidenceStrength Strength { get; }

    /// <summary>Who saw it.</summary>
    public string Witness { get; }

    /// <summary>What was seen or said.</summary>
    public string Statement { get; }

    /// <summary>When, by the server's clock.</summary>
    public DateTimeOffset GatheredAt { get; }

    /// <summary>Until when it holds, by the server's clock.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Witness and statement, for the record.</summary>
    public override string ToString() => $"{Witness}: {Statement}";

    /// <summary>Why this does not prove that the node, as it is now, is down; null if it does.</summary>
    internal string? WhyNotProof(ObjectIdentity node, string bootId, DateTimeOffset serverTime)
    {
        if (Node != node)
        {
            return $"The evidence is about node {Node}, not about {node}.";
        }

        if (BootId != bootId)
        {
            return $"The evidence is about an earlier boot of the node ({BootId}); it has booted since ({bootId}).";
        }

        if (serverTime >= ExpiresAt)
        {
            return $"The evidence ({this}) expired at {ExpiresAt:u}.";
        }

        return Strength < EvidenceStrength.Strong
            ? $"The evidence ({this}) is {Strength.ToString().ToLowerInvariant()}; only strong evidence proves that a node is down."
            : null;
    }
}

/// <summary>How much evidence proves.</summary>
public enum EvidenceStrength
{
    /// <summary>What the API server sees: silence. A node that is cut off looks the same.</summary>
    Weak,

    /// <summary>Somebody claims it, and did not say how they know.</summary>
    Claim,

    /// <summary>Somebody who can know it answers for it: an operator by name, a fence agent that confirmed off.</summary>
    Strong,
}
