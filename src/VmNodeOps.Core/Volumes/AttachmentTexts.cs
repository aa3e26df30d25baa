using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What is told about attachments.</summary>
internal static class AttachmentTexts
{
    public static string Name(VolumeAttachment attachment) => attachment.PersistentVolumeName is { } volume
        ? $"{attachment.Name.Name} (volume {volume}, driver {attachment.Attacher})"
        : $"{attachment.Name.Name} (inline volume, driver {attachment.Attacher})";

    public static PlannedAction Act(VolumeAttachment attachment) => new()
    {
        Kind = ActionKind.Detach,
        Target = Refer.To(attachment),
        What = $"detach {Name(attachment)}",
        Why = "Nobody on the dead node lets go of it; until it is detached it can be attached nowhere else, or only after six minutes.",
    };

    /// <summary>Deleting it would be in vain: Kubernetes attaches again for any pod object that is bound to the node and has not ended.</summary>
    public static Finding InUse(VolumeAttachment attachment, IReadOnlyList<Pod> pods) => new()
    {
        Severity = FindingSeverity.Warning,
        Code = "AttachmentInUse",
        Message = $"Attachment {Name(attachment)} is left as it is: {string.Join(", ", pods.Select(pod => $"pod {pod.Name}"))} on the node still uses the volume{Leaving(pods)}.",
        Lift = $"It is no machine's pod of this recovery. If it may go too: {string.Join("; ", pods.Select(pod => $"kubectl delete pod --force -n {pod.Name.Namespace} {pod.Name.Name}"))}. Then run again.",
        Object = Refer.To(attachment),
    };

    public static Finding Inline(VolumeAttachment attachment) => new()
    {
        Severity = FindingSeverity.Warning,
        Code = "InlineVolume",
        Message = $"Attachment {Name(attachment)} is left as it is: it names no persistent volume, so it cannot be told which pod uses it.",
        Lift = $"If no pod of the node does: kubectl delete volumeattachment {attachment.Name.Name}",
        Object = Refer.To(attachment),
    };

    public static Finding Stuck(VolumeAttachment attachment) => new()
    {
        Severity = FindingSeverity.Warning,
        Code = "AttachmentStuck",
        Message = $"Attachment {Name(attachment)} is deleted but has not gone: {WhyStuck(attachment)}",
        Lift = $"Look at the driver's controller ({attachment.Attacher}) and its storage. The finalizer is left alone: it stands for a disk that may still be attached.",
        Object = Refer.To(attachment),
    };

    /// <summary>Kubernetes was to detach it, and has not yet.</summary>
    public static Finding StillAttached(VolumeAttachment attachment) => new()
    {
        Severity = FindingSeverity.Warning,
        Code = "AttachmentRemains",
        Message = $"Kubernetes has not detached {Name(attachment)} yet: {WhyStuck(attachment)}",
        Lift = $"Look at the driver's controller ({attachment.Attacher}) and its storage.",
        Object = Refer.To(attachment),
    };

    public static Finding WillBeStripped(TimeSpan after) => new()
    {
        Severity = FindingSeverity.Warning,
        Code = "FinalizersMayBeStripped",
        Message = $"What is not detached within {EvidenceTexts.Words(after)} loses its finalizers, as asked: the storage may then still hold it attached to the old machine.",
        Lift = "Make sure that the storage does not let two machines have a volume at once.",
    };

    public static Finding Stripped(VolumeAttachment attachment) => new()
    {
        Severity = FindingSeverity.Warning,
        Code = "FinalizerStripped",
        Message = $"The finalizers of attachment {Name(attachment)} are taken off as asked, although its driver has not detached: {WhyStuck(attachment)}",
        Lift = $"Make sure at the storage that the volume is no longer attached to the old machine ({attachment.Attacher}).",
        Object = Refer.To(attachment),
    };

    public static string WhyStuck(VolumeAttachment attachment)
    {
        var finalizers = attachment.Finalizers.Count == 0 ? "it has no finalizer" : $"its finalizer {string.Join(", ", attachment.Finalizers)} has not fallen";
        var error = attachment.DetachError.Length == 0 ? "the driver has told no error" : $"the driver says: {attachment.DetachError.TrimEnd('.')}";
        return $"{finalizers}; {error}.";
    }

    private static string Leaving(IReadOnlyList<Pod> pods) =>
        pods.All(pod => pod.IsDeleting) ? " (it is to end, but no kubelet confirms that)" : "";
}
