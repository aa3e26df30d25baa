using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Who on a node uses an attached volume.</summary>
internal static class VolumeUsers
{
    /// <summary>Pods that go when the machines of the node are released: the launchers, and the pods that hold hot-plugged disks for them, which the garbage collector removes.</summary>
    public static bool GoesWithMachine(Pod pod) => LauncherPods.IsLauncher(pod) || HoldsHotplugDisk(pod);

    public static bool HoldsHotplugDisk(Pod pod) => pod.Labels.GetValueOrDefault("kubevirt.io") == "hotplug-disk";

    /// <summary>The pods that use the volume of an attachment; a pod that has ended does not.</summary>
    public static IReadOnlyList<Pod> Of(VolumeAttachment attachment, IEnumerable<Pod> pods, ClaimBook claims) =>
        attachment.PersistentVolumeName is not { } volume ? [] : [.. pods.Where(pod => !pod.IsFinished && claims.Uses(pod, volume)).OrderBy(pod => pod.Name)];

    /// <summary>Why an attachment has to stay; null if it may go.</summary>
    public static Finding? Objection(VolumeAttachment attachment, IEnumerable<Pod> pods, ClaimBook claims)
    {
        if (attachment.PersistentVolumeName is null)
        {
            return AttachmentTexts.Inline(attachment);
        }

        var users = Of(attachment, pods, claims);
        return users.Count == 0 ? null : AttachmentTexts.InUse(attachment, users);
    }
}
