using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The reading side of a cluster, which is all that a step sees of it; its writes go through the <see cref="WriteGate"/>.</summary>
public sealed class ClusterReads
{
    private readonly IClusterClient _cluster;
    private readonly SharedListings? _shared;
    private readonly JoinedReads? _joined;

    /// <param name="cluster">The cluster.</param>
    /// <param name="shared">Listings shared with other plans of a batch; null for none.</param>
    /// <param name="joined">What the runs of a batch read together; null: each for itself.</param>
    internal ClusterReads(IClusterClient cluster, SharedListings? shared = null, JoinedReads? joined = null) => (_cluster, _shared, _joined) = (cluster, shared, joined);

    /// <summary>The server's clock and version.</summary>
    public IServer Server => _cluster.Server;

    /// <summary>Nodes.</summary>
    public IClusterReader<Node> Nodes => Shared(_cluster.Nodes);

    /// <summary>Pods.</summary>
    public IClusterReader<Pod> Pods => _cluster.Pods;

    /// <summary>Asks what the server would answer to the eviction of a pod, with a dry run: nothing is stored and, by KubeVirt, nothing is marked.</summary>
    /// <returns>The server's answer, whatever it is.</returns>
    /// <exception cref="ClusterException">No answer came.</exception>
    public Task<EvictionAnswer> RehearseEvictionAsync(Pod pod, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pod);
        return _cluster.Pods.EvictAsync(pod.Identity, new DeletionOptions { DryRun = true }, cancellationToken);
    }

    /// <summary>Virtual machines.</summary>
    public IClusterReader<VirtualMachine> VirtualMachines => _joined?.VirtualMachines ?? Shared(_cluster.VirtualMachines);

    /// <summary>Virtual machine instances.</summary>
    public IClusterReader<VirtualMachineInstance> VirtualMachineInstances => Shared(_cluster.VirtualMachineInstances);

    /// <summary>Live migrations.</summary>
    public IClusterReader<Migration> Migrations => _joined?.Migrations ?? _cluster.Migrations;

    /// <summary>Installations of KubeVirt.</summary>
    public IClusterReader<KubeVirtInstallation> KubeVirtInstallations => Shared(_cluster.KubeVirtInstallations);

    /// <summary>Attachments of volumes to nodes.</summary>
    public IClusterReader<VolumeAttachment> VolumeAttachments =>
        _joined?.VolumeAttachments ?? _shared?.Of(_cluster.VolumeAttachments, static attachment => attachment.NodeName) ?? _cluster.VolumeAttachments;

    /// <summary>Claims of persistent volumes.</summary>
    public IClusterReader<PersistentVolumeClaim> PersistentVolumeClaims => Shared(_cluster.PersistentVolumeClaims);

    /// <summary>Pod disruption budgets.</summary>
    public IClusterReader<DisruptionBudget> DisruptionBudgets => Shared(_cluster.DisruptionBudgets);

    /// <summary>Leases.</summary>
    public IClusterReader<Lease> Leases => _cluster.Leases;

    /// <summary>Config maps.</summary>
    public IClusterReader<ConfigMap> ConfigMaps => _cluster.ConfigMaps;

    /// <summary>What remediation and maintenance operators do to nodes.</summary>
    public IRemediations Remediations => _shared?.Of(_cluster.Remediations) ?? _cluster.Remediations;

    /// <summary>Kubernetes Events.</summary>
    public IClusterReader<ClusterEvent> Events => _cluster.Events;

    /// <summary>Questions about one's own rights, which change nothing.</summary>
    public IAccessReviews AccessReviews => _cluster.AccessReviews;

    private IClusterReader<T> Shared<T>(IClusterReader<T> reader)
        where T : ClusterObject => _shared?.Of(reader) ?? reader;
}
