using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Proof that a node is down. Everything that destroys takes one as an argument, so that code which forgot to ask does not compile.</summary>
/// <remarks>Made only by <see cref="EvidenceRequest.Confirm"/> at run time; bound to the node's UID and boot; expires by the server's clock.</remarks>
public sealed class FencingEvidence
{
    internal FencingEvidence(
        Node node, EvidenceStrength strength, IReadOnlyList<string> witnesses, string statement, DateTimeOffset gatheredAt, DateTimeOffset expiresAt)
    {
        Node = node.Identity;
        BootId = node.BootId;
        Strength = strength;
        AskedFor = strength;
        Witnesses = witnesses;
        Statement = statement;
        GatheredAt = gatheredAt;
        ExpiresAt = expiresAt;
    }

    private FencingEvidence(FencingEvidence strongest, IReadOnlyList<string> witnesses, string statement, DateTimeOffset gatheredAt, DateTimeOffset expiresAt)
    {
        Node = strongest.Node;
        BootId = strongest.BootId;
        Strength = strongest.Strength;
        AskedFor = strongest.AskedFor;
        Witnesses = witnesses;
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

    /// <summary>Who saw it, each once, in order. Several for evidence that was put together of several sources.</summary>
    public IReadOnlyList<string> Witnesses { get; }

    /// <summary>Who saw it, in a phrase.</summary>
    public string Witness => string.Join(" and ", Witnesses);

    /// <summary>What was seen or said.</summary>
    public string Statement { get; }

    /// <summary>When, by the server's clock.</summary>
    public DateTimeOffset GatheredAt { get; }

    /// <summary>Until when it holds, by the server's clock.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The strength that its source asked for, which it did not get if it is greater.</summary>
    internal EvidenceStrength AskedFor { get; init; }

    /// <summary>Witness and statement, for the record.</summary>
    public override string ToString() => Witnesses.Count == 1 ? $"{Witness}: {Statement}" : Statement;

    /// <summary>Several that are about one node and boot, as one: as strong as the strongest, and over when the first of them is.</summary>
    internal static FencingEvidence Together(IReadOnlyList<FencingEvidence> parts)
    {
        var strongest = parts.MaxBy(part => part.Strength)!;
        string[] witnesses = [.. parts.SelectMany(part => part.Witnesses).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return parts.Count == 1
            ? strongest
            : new FencingEvidence(
                strongest,
                witnesses,
                string.Join("; ", parts.Select(part => witnesses.Length == 1 ? part.Statement : part.ToString())),
                parts.Min(part => part.GatheredAt),
                parts.Min(part => part.ExpiresAt));
    }

    /// <summary>Why this does not prove that the node, as it is now, is down; null if it does.</summary>
    internal string? WhyNotProof(ObjectIdentity node, string bootId, DateTimeOffset serverTime) =>
        WhyNotAbout(node, bootId, serverTime)
        ?? (Strength, AskedFor) switch
        {
            (EvidenceStrength.Strong, _) => null,
            (_, EvidenceStrength.Strong) =>
                $"The evidence ({this}) is called strong by its source, but sources of the embedding program count as {Word(Strength)} here; only strong evidence proves that a node is down. "
                + $"Where the runner is made, {nameof(MaintenanceOptions)}.{nameof(MaintenanceOptions.StrongestForeignEvidence)} trusts them further.",
            _ => $"The evidence ({this}) is {Word(Strength)}; only strong evidence proves that a node is down.",
        };

    /// <summary>Why this says nothing about the node as it is now, however strong; null if it does.</summary>
    internal string? WhyNotAbout(ObjectIdentity node, string bootId, DateTimeOffset serverTime)
    {
        if (Node != node)
        {
            return $"The evidence is about node {Node}, not about {node}.";
        }

        if (BootId != bootId)
        {
            return $"The evidence is about an earlier boot of the node ({BootId}); it has booted since ({bootId}).";
        }

        return serverTime >= ExpiresAt ? $"The evidence ({this}) expired at {ExpiresAt:u}." : null;
    }

    private static string Word(EvidenceStrength strength) => strength == EvidenceStrength.Claim ? "a claim" : strength.ToString().ToLowerInvariant();
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
