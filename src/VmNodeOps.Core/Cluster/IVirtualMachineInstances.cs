namespace VmNodeOps.Cluster;

/// <summary>KubeVirt's virtual machine instances.</summary>
public interface IVirtualMachineInstances : IClusterReader<VirtualMachineInstance>
{
    /// <summary>Sets or removes annotations. Any write makes KubeVirt look at an instance again at once, even in the middle of a long back-off.</summary>
    /// <param name="instance">The very instance.</param>
    /// <param name="annotations">What to set; a null value removes.</param>
    /// <param name="options">How to write; default: for real.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <returns>The instance as it is after the change.</returns>
    /// <exception cref="ClusterException">The server refused, or could not be asked.</exception>
    Task<VirtualMachineInstance> AnnotateAsync(
        ObjectIdentity instance, IReadOnlyDictionary<string, string?> annotations, WriteOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Takes the mark of an evacuation off (subresource <c>evacuate/cancel</c>, KubeVirt 1.7 and newer). A migration that has begun goes on until it is deleted.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="nodeName">The node whose evacuation is cancelled; refused if the mark names another.</param>
    /// <param name="options">How to write; default: for real.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <exception cref="ClusterException">Refused; with <see cref="ClusterErrorCause.Unsupported"/> where KubeVirt is older.</exception>
    Task CancelEvacuationAsync(ObjectName instance, string nodeName, WriteOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes an instance. Sent once and never repeated.</summary>
    /// <exception cref="ClusterException">The server refused, or could not be asked.</exception>
    Task DeleteAsync(ObjectIdentity instance, DeletionOptions? options = null, CancellationToken cancellationToken = default);
}
