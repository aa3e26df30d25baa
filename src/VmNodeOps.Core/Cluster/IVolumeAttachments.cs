namespace VmNodeOps.Cluster;

/// <summary>Attachments of volumes to nodes.</summary>
public interface IVolumeAttachments : IClusterReader<VolumeAttachment>
{
    /// <summary>Deletes an attachment, which asks its driver to detach; the object goes when the driver has. Sent once and never repeated.</summary>
    /// <exception cref="ClusterException">The server refused (<see cref="ClusterErrorCause.NotFound"/>: it is gone already), or could not be asked.</exception>
    Task DeleteAsync(ObjectIdentity attachment, DeletionOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Takes every finalizer off an attachment that is being deleted, so that the object goes although its driver has not detached. Sent once and never repeated.</summary>
    /// <param name="attachment">The attachment as read; refused with <see cref="ClusterErrorCause.Conflict"/> if it has changed since.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <exception cref="ClusterException">The server refused (<see cref="ClusterErrorCause.NotFound"/>: it is gone already), or could not be asked.</exception>
    Task StripFinalizersAsync(VolumeAttachment attachment, CancellationToken cancellationToken = default) =>
        throw new ClusterException(ClusterErrorCause.Unsupported, $"{GetType().Name} cannot take finalizers off.");
}
