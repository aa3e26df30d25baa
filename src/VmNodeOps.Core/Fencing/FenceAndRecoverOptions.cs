namespace VmNodeOps;

/// <summary>How a node that has fallen silent is switched off and recovered from.</summary>
public sealed record FenceAndRecoverOptions
{
    /// <summary>What makes the node suspect, so that its machine may be switched off. It proves nothing.</summary>
    /// <value>Ready is Unknown and the kubelet's Lease is stale for 40 seconds; or the Node object is gone.</value>
    public IEvidenceSource Suspicion { get; init; } = Evidence.AnyOf(
        Evidence.AllOf(Evidence.NodeUnknownFor(TimeSpan.Zero), Evidence.LeaseStaleFor(TimeSpan.FromSeconds(40))), Evidence.NodeObjectGone());

    /// <summary>How long the suspicion may take to come; then the node is left alone.</summary>
    /// <value>Two minutes.</value>
    public TimeSpan SuspicionPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a suspect node must stay silent before its machine is switched off.</summary>
    /// <value>30 seconds. The fence makes sure, not the time.</value>
    public TimeSpan SafeTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How the machine is switched off. With <see cref="FenceOptions.EvenIfNodeLives"/> neither suspicion nor safe time are asked for.</summary>
    /// <value>The defaults of <see cref="FenceOptions"/>.</value>
    public FenceOptions Fence { get; init; } = new();

    /// <summary>Who has to confirm beside the device.</summary>
    /// <value>Null: nobody.</value>
    public IEvidenceSource? AlsoConfirmedBy { get; init; }

    /// <summary>How the virtual machines are recovered.</summary>
    /// <value>The defaults of <see cref="RecoveryOptions"/>.</value>
    public RecoveryOptions Recovery { get; init; } = new();

    /// <summary>Whether to switch the machine on at the end and return the node to service. Whatever made it fall silent may do so again.</summary>
    /// <value>False.</value>
    public bool PowerOnAfterwards { get; init; }
}
