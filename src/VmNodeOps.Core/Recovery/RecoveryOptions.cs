namespace VmNodeOps;

/// <summary>How a crashed node is recovered from.</summary>
public sealed record RecoveryOptions
{
    /// <summary>The manual's own way: machines, volumes, then every replica of virt-api and virt-controller, and no cordon.</summary>
    /// <remarks>For those who want what they know. It works, but where KubeVirt's control plane was on the node its machines wait until the end.</remarks>
    public static RecoveryOptions AsByHand { get; } = new()
    {
        Order = RecoveryOrder.MachinesFirst,
        ReplicaScope = KubeVirtReplicaScope.AllReplicas,
        Cordon = false,
    };

    /// <summary>Whether KubeVirt's control plane comes first or last.</summary>
    /// <value><see cref="RecoveryOrder.ControlPlaneFirst"/>.</value>
    public RecoveryOrder Order { get; init; } = RecoveryOrder.ControlPlaneFirst;

    /// <summary>In which way machines and volumes are released from the dead node.</summary>
    /// <value><see cref="ReleaseWay.ForceDelete"/>.</value>
    public ReleaseWay Release { get; init; } = ReleaseWay.ForceDelete;

    /// <summary>Which replicas of virt-api and virt-controller are removed.</summary>
    /// <value><see cref="KubeVirtReplicaScope.FailedNode"/>.</value>
    public KubeVirtReplicaScope ReplicaScope { get; init; } = KubeVirtReplicaScope.FailedNode;

    /// <summary>Whether the node is cordoned, so that nothing is scheduled to it when it comes back before somebody has looked at it. <c>ReturnToService</c> uncordons it.</summary>
    /// <value>True.</value>
    public bool Cordon { get; init; } = true;

    /// <summary>Which machines of one priority are released before the others, by the labels of their instances; see <see cref="ReleaseMachinesOptions.First"/>. Not with <see cref="ReleaseWay.OutOfServiceTaint"/>.</summary>
    /// <value>Empty: none.</value>
    public string First { get; init; } = "";

    /// <summary>
    /// Whether to start, once, each machine that ran on the node and that nothing starts again by itself; see <see cref="NodeMaintenanceReleaseExtensions.StartWhatStaysDown"/>. Otherwise they are listed with
    /// the call that starts each.
    /// </summary>
    /// <value>False.</value>
    public bool StartWhatStaysDown { get; init; }

    /// <summary>When the recovery is held back because the trouble is greater than one node, or somebody else is at work.</summary>
    /// <value>The defaults of <see cref="BlastRadiusOptions"/>.</value>
    public BlastRadiusOptions BlastRadius { get; init; } = new();

    /// <summary>How long detaching is awaited before the machines are looked at all the same.</summary>
    /// <value>Three minutes.</value>
    public TimeSpan DetachTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Whether to take the finalizers off attachments whose driver has not detached in time; see <see cref="ReleaseVolumesOptions.StripFinalizers"/>. Not with <see cref="ReleaseWay.OutOfServiceTaint"/>.</summary>
    /// <value>False: they are named and left.</value>
    public bool StripFinalizers { get; init; }

    /// <summary>How long an instance may claim to run on the dead node, its pod being gone, before it is touched.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>The orders of a recovery.</summary>
public enum RecoveryOrder
{
    /// <summary>KubeVirt's control plane, machines, volumes. Nothing is destroyed while KubeVirt could not act on it.</summary>
    ControlPlaneFirst,

    /// <summary>Machines, volumes, KubeVirt's control plane.</summary>
    MachinesFirst,
}

/// <summary>The ways to release what a dead node holds.</summary>
public enum ReleaseWay
{
    /// <summary>Force-delete the pods of the machines, then delete the volume attachments that no other pod uses. Touches nothing else on the node.</summary>
    ForceDelete,

    /// <summary>Mark the node as out of service and let Kubernetes do it (1.26 and newer). Takes every pod of the node that does not tolerate it.</summary>
    OutOfServiceTaint,
}
