namespace VmNodeOps;

/// <summary>The evidence sources that come with the library, and how sources are put together.</summary>
/// <remarks>
/// What is weak rests on one view, that of the API server, and so on one witness (<see cref="ApiServer"/>): three weak sources know no more than one. Strong are those who can know: a person, or
/// the device that feeds the machine.
/// </remarks>
public static class Evidence
{
    /// <summary>The witness of everything that is read from the API server: it hears the node, or it does not.</summary>
    public const string ApiServer = "the API server's view";

    /// <summary>Strong: a person answers for it that the node is powered off, or cut off from all storage.</summary>
    /// <remarks>
    /// The word counts for 30 minutes, for the node and the boot for which this source is first asked, and for no other: a source that is kept cannot be used again for the next crash. A script that
    /// holds the word as a text makes a new source each time it runs; give it <paramref name="saidAt"/> or <paramref name="bootId"/> as well, or let the person pass the word as an argument.
    /// In a batch each node needs a word of its own: make the source within <see cref="MaintenanceBatch.Each"/>, not before it.
    /// </remarks>
    /// <param name="who">The person, for the record.</param>
    /// <param name="why">How they know, for the record.</param>
    /// <param name="saidAt">When they said so; null: when the source is first asked.</param>
    /// <param name="bootId">The boot of which they said so (<c>status.nodeInfo.bootID</c>); null: the one in which the node is then.</param>
    /// <returns>A source that gives no evidence while the node is Ready.</returns>
    /// <exception cref="ArgumentException">Who or why are empty.</exception>
    public static IEvidenceSource OperatorConfirms(string who, string why, DateTimeOffset? saidAt = null, string? bootId = null) =>
        new OperatorConfirmation(who, why, saidAt, bootId);

    /// <summary>Strong: the device that powers the machine says that it is off. It is only asked; <see cref="NodeMaintenanceFencingExtensions.Fence"/> switches.</summary>
    /// <remarks>A device that cannot be reached, refuses the password or answers oddly proves nothing. Devices of the embedding program are capped as its sources are.</remarks>
    public static IEvidenceSource PowerIsOff(IFenceDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new PowerIsOffEvidence(device);
    }

    /// <summary>Weak: Ready has been Unknown for that long. Ready=False is the opposite: the kubelet lives and says so itself.</summary>
    /// <param name="duration">By the server's clock. The API server itself waits 40 to 50 seconds before it says Unknown.</param>
    public static IEvidenceSource NodeUnknownFor(TimeSpan duration) => new NodeUnknownEvidence(duration);

    /// <summary>Weak: the kubelet has not renewed its Lease in <c>kube-node-lease</c> for that long. Kubelets renew every 10 seconds.</summary>
    /// <param name="duration">By the server's clock.</param>
    public static IEvidenceSource LeaseStaleFor(TimeSpan duration) => new StaleLeaseEvidence(duration);

    /// <summary>Weak: virt-handler has not renewed the node's annotation <c>kubevirt.io/heartbeat</c> for that long. It renews every one to two minutes; KubeVirt itself waits five.</summary>
    /// <param name="duration">By the server's clock.</param>
    public static IEvidenceSource HeartbeatStaleFor(TimeSpan duration) => new StaleHeartbeatEvidence(duration);

    /// <summary>A claim: somebody has put the taint <c>node.kubernetes.io/out-of-service</c> on the node, which is to be done only when it is off.</summary>
    public static IEvidenceSource OutOfServiceTaint() => new OutOfServiceTaintEvidence();

    /// <summary>A claim: the Node object is gone. Whoever deleted it may have known that its machine is; the machine does not notice.</summary>
    public static IEvidenceSource NodeObjectGone() => new NodeObjectGoneEvidence();

    /// <summary>Every one of them must confirm; as strong as the strongest, and over when the first expires.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IEvidenceSource AllOf(params IEnumerable<IEvidenceSource> sources) => new AllOfEvidence(EvidenceParts.Of(sources));

    /// <summary>One of them must confirm. They are asked in order until one is strong; if none is, the strongest counts.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IEvidenceSource AnyOf(params IEnumerable<IEvidenceSource> sources) => new AnyOfEvidence(EvidenceParts.Of(sources));

    /// <summary>So many different witnesses must confirm, however many sources name them; as strong as the strongest of them.</summary>
    /// <param name="witnesses">How many.</param>
    /// <param name="sources">All are asked.</param>
    /// <exception cref="ArgumentException">There are fewer sources than witnesses asked for.</exception>
    public static IEvidenceSource AtLeast(int witnesses, params IEnumerable<IEvidenceSource> sources) => new WitnessQuorumEvidence(witnesses, EvidenceParts.Of(sources));
}
