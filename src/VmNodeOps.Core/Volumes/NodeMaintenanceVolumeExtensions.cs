namespace VmNodeOps;

/// <summary>Steps that detach the volumes of a dead node.</summary>
public static class NodeMaintenanceVolumeExtensions
{
    /// <summary>
    /// Deletes the VolumeAttachments of the node, by UID, whose volume no pod object on it uses any more, and waits until their drivers have detached. Needs
    /// <see cref="NodeMaintenanceEvidenceExtensions.ConfirmNodeIsDown"/> before.
    /// </summary>
    /// <remarks>What a pod still uses is named and left: Kubernetes would attach it again. A finalizer that does not fall is named and left; <see cref="VerifyVolumes"/> tells how it ended.</remarks>
    /// <param name="maintenance">The maintenance.</param>
    /// <param name="change">Changes the options; null: the defaults.</param>
    public static NodeMaintenance ReleaseVolumes(this NodeMaintenance maintenance, Func<ReleaseVolumesOptions, ReleaseVolumesOptions>? change = null)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        var options = new ReleaseVolumesOptions();
        return maintenance.Then(new ReleaseVolumesStep(change?.Invoke(options) ?? options));
    }

    /// <summary>Looks once more at the volumes that were not detached in time; if one still is not, the run ends blocked and says which and why.</summary>
    public static NodeMaintenance VerifyVolumes(this NodeMaintenance maintenance)
    {
        ArgumentNullException.ThrowIfNull(maintenance);
        return maintenance.Then(new VerifyVolumesStep());
    }
}
