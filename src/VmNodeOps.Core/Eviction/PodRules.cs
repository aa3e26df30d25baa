using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Judges selected pods as kubectl's filters do, but keeps every reason. Pure.</summary>
internal static class PodRules
{
    private const string HotplugName = "hp-volume-";

    public static PodVerdict Judge(Pod pod, DrainOptions options)
    {
        if (Stays(pod, options) is { } stays)
        {
            return new PodVerdict { Treatment = PodTreatment.LeaveAlone, Reasons = [stays] };
        }

        // What has ended leaves nothing behind, whoever made it; a launcher is judged by what becomes of its machine.
        if (pod.IsFinished || LauncherPods.IsLauncher(pod) || IsHotplugAttachment(pod))
        {
            return new PodVerdict { Treatment = PodTreatment.Remove };
        }

        var refusals = Refusals(pod, options).ToList();
        return refusals.Count > 0
            ? new PodVerdict { Treatment = PodTreatment.Refuse, Reasons = [.. refusals, .. Warnings(pod, options)] }
            : new PodVerdict { Treatment = PodTreatment.Remove, Reasons = [.. Warnings(pod, options)] };
    }

    /// <summary>A pod that holds the disks which were plugged into a running guest; evicting it would take them from under the guest.</summary>
    public static bool IsHotplugAttachment(Pod pod) =>
        pod.Labels.GetValueOrDefault("kubevirt.io") == "hotplug-disk"
        || (pod.Name.Name.StartsWith(HotplugName, StringComparison.Ordinal) && pod.Controller is { Kind: "Pod" });

    private static PodReason? Stays(Pod pod, DrainOptions options)
    {
        if (pod.IsMirror)
        {
            return new PodReason("StaticPod", "its kubelet runs it from a file of the node, so that deleting its object changes nothing");
        }

        if (IsOfDaemonSet(pod) && !pod.IsFinished && options.IgnoreDaemonSets)
        {
            return new PodReason("DaemonSet", $"it belongs to DaemonSet {pod.Controller!.Name}, which would make it again at once");
        }

        return options.LeaveAlone?.Invoke(pod) is { } why ? new PodReason("LeftAlone", why) : null;
    }

    private static IEnumerable<PodReason> Refusals(Pod pod, DrainOptions options)
    {
        if (IsOfDaemonSet(pod))
        {
            yield return new PodReason(
                "DaemonSet",
                $"it belongs to DaemonSet {pod.Controller!.Name}, which would make it again at once",
                "To leave such pods where they are: IgnoreDaemonSets (--ignore-daemonsets).");
        }

        if (pod.HasEmptyDir && !options.DeleteEmptyDirData)
        {
            yield return new PodReason(
                "EmptyDirData", "it has an emptyDir volume, whose content is lost", "To give up such data: DeleteEmptyDirData (--delete-emptydir-data).");
        }

        if (pod.Controller is null && !options.Force)
        {
            yield return new PodReason(
                "Unmanaged", "no controller stands behind it, so nobody makes it again", "To lose such pods: Force (--force).");
        }
    }

    private static IEnumerable<PodReason> Warnings(Pod pod, DrainOptions options)
    {
        if (pod.HasEmptyDir && options.DeleteEmptyDirData)
        {
            yield return new PodReason("EmptyDirData", "the content of its emptyDir volume is lost");
        }

        if (pod.Controller is null && options.Force)
        {
            yield return new PodReason("Unmanaged", "no controller stands behind it, so nobody makes it again");
        }
    }

    private static bool IsOfDaemonSet(Pod pod) => pod.Controller is { Kind: "DaemonSet" };
}
