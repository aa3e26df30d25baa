namespace VmNodeOps.Cluster;

/// <summary>A Kubernetes cluster with KubeVirt, in the words of node maintenance: the port through which all of VmNodeOps sees one.</summary>
/// <remarks>
/// <para>One small interface per noun, each with the reads and the few writes that maintenance needs. <c>KubernetesCluster</c> implements it
/// over HTTPS. It can be substituted in tests: every member is an interface member and every type that it takes or gives can be built.</para>
/// <para>Implementations are thread-safe; one instance serves many runs at once.</para>
/// <para><b>How it grows.</b> A later version adds members with a default body, and a noun's default refuses with
/// <see cref="ClusterErrorCause.Unsupported"/>; so an implementation of today compiles and runs tomorrow. See docs/cluster-port.md.</para>
/// </remarks>
public interface IClusterClient
{
    /// <summary>The server itself: its clock and its version.</summary>
    IServer Server { get; }

    /// <summary>Nodes.</summary>
    INodes Nodes { get; }

    /// <summary>Pods, and their eviction.</summary>
    IPods Pods { get; }

    /// <summary>KubeVirt's virtual machines: what is wished to run.</summary>
    IVirtualMachines VirtualMachines { get; }

    /// <summary>KubeVirt's virtual machine instances: what runs.</summary>
    IVirtualMachineInstances VirtualMachineInstances { get; }

    /// <summary>KubeVirt's live migrations.</summary>
    IMigrations Migrations { get; }

    /// <summary>Installations of KubeVirt in the cluster, normally one.</summary>
    IKubeVirtInstallations KubeVirtInstallations { get; }

    /// <summary>Attachments of volumes to nodes.</summary>
    IVolumeAttachments VolumeAttachments { get; }

    /// <summary>Claims, which lead from a pod to its persistent volumes.</summary>
    IPersistentVolumeClaims PersistentVolumeClaims { get; }

    /// <summary>Pod disruption budgets.</summary>
    IDisruptionBudgets DisruptionBudgets { get; }

    /// <summary>Leases: heartbeats of kubelets, and locks.</summary>
    ILeases Leases { get; }

    /// <summary>Config maps.</summary>
    IConfigMaps ConfigMaps => throw new ClusterException(ClusterErrorCause.Unsupported, $"{GetType().Name} has no config maps.");

    /// <summary>Namespaces.</summary>
    INamespaces Namespaces => throw new ClusterException(ClusterErrorCause.Unsupported, $"{GetType().Name} has no namespaces.");

    /// <summary>What remediation and maintenance operators do to nodes.</summary>
    IRemediations Remediations => throw new ClusterException(ClusterErrorCause.Unsupported, $"{GetType().Name} has no remediations.");

    /// <summary>Kubernetes Events.</summary>
    IClusterEvents Events { get; }

    /// <summary>Questions about one's own rights.</summary>
    IAccessReviews AccessReviews { get; }
}
