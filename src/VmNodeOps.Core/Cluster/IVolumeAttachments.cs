namespace VmNodeOps.Cluster;

/// <summary>Attachments of volumes to nodes.</summary>
public interface IVolumeAttachments : IClusterReader<VolumeAttachment>
{
    /// <summary>Deletes an attachment, which asks its driver to detach; the object goes when the driver has. Sent once and never repeated.</summary>
    /// <exception cref="ClusterException">The server refused (<see cref="ClusterErrorCause.NotFound"/>: it is gone already), or could not be asked.</exception>
    Task DeleteAsync(ObjectIdentity attachment, DeletionOptions? options = null, CancellationToken cancellationToken = default);
}
