namespace VmNodeOps;

/// <summary>When a recovery is held back because the trouble is greater than one node, or somebody else is at work.</summary>
public sealed record BlastRadiusOptions
{
    /// <summary>So many nodes may have gone down at about the same time without anybody asking whether it is the network.</summary>
    /// <value>1.</value>
    public int MaximumNodes { get; init; } = 1;

    /// <summary>The same as a share of all nodes; the recovery is held back when both are exceeded.</summary>
    /// <value>0.2, a fifth.</value>
    public double MaximumShare { get; init; } = 0.2;

    /// <summary>Nodes that went down within so long of this one, before or after, count as gone down with it.</summary>
    /// <value>10 minutes.</value>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Nodes that the same request names: somebody knows that they are down too. A batch of named nodes adds its own; nodes that a label selector chose are not named. Default none.</summary>
    public IReadOnlyCollection<string> NamedTogether { get; init; } = [];

    /// <summary>Whether to go on although more nodes went down together than allowed, and not all of them are named.</summary>
    /// <value>False.</value>
    public bool EvenIfManyNodesAreDown { get; init; }

    /// <summary>Whether to go on although no other node of the control plane is Ready.</summary>
    /// <value>False.</value>
    public bool EvenIfLastControlPlaneNode { get; init; }

    /// <summary>Whether to go on although the node carries the mark of another actor, or a remediation resource names it. A Lease that another actor holds is the lock's affair and is never passed over.</summary>
    /// <value>False.</value>
    public bool EvenIfAnotherActorIsAtWork { get; init; }

    /// <summary>What makes no sense in them; null if nothing.</summary>
    internal string? FindObjection() => this switch
    {
        { MaximumNodes: < 0 } => $"The {nameof(MaximumNodes)} of the blast radius cannot be negative.",
        { MaximumShare: < 0 or > 1 } => $"The {nameof(MaximumShare)} of the blast radius is {MaximumShare}; it is a share between 0 and 1.",
        { Window.Ticks: < 0 } => $"The {nameof(Window)} of the blast radius cannot be negative.",
        { NamedTogether: null } => $"The {nameof(NamedTogether)} of the blast radius cannot be null.",
        _ => null,
    };
}
