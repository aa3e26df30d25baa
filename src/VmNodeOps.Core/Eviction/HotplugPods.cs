using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What is done about the pods that hold disks which were plugged into a running guest.</summary>
/// <remarks>
/// Up to KubeVirt 1.6 nothing guards them: evicted before their launcher, they take the disk from under the guest. When the launcher goes, Kubernetes' garbage collector
/// takes them along, so there is never a reason to evict one whose launcher lives.
/// </remarks>
internal static class HotplugPods
{
    private const string OwnerAnnotation = "kubevirt.io/owner-vmi-name";

    /// <returns>What is done because it is such a pod; null if it is none, or if nobody needs it any more.</returns>
    public static EvictionDecision? Judge(Pod pod, DrainContext drain)
    {
        if (!PodRules.IsHotplugAttachment(pod) || pod.IsDeleting || pod.IsFinished)
        {
            return null;
        }

        var launcher = pod.Controller is { Kind: "Pod" } owner && ObjectName.IsValid(owner.Name) ? drain.Pods.Find(new ObjectName(pod.Name.Namespace, owner.Name)) : null;
        if (launcher is { IsFinished: false } && launcher.Uid == pod.Controller!.Uid)
        {
            return new EvictionDecision.Wait("Hotplug", $"holds disks of the guest in {launcher.Name.Name}, and goes with it");
        }

        // The selection may not include launchers: then the guest stays, and so does its disk.
        var guest = pod.Annotations.GetValueOrDefault(OwnerAnnotation) is { } name && ObjectName.IsValid(name)
            ? drain.Machines.FindInstance(new ObjectName(pod.Name.Namespace, name)) : null;
        return launcher is null && guest is { IsFinal: false } && guest.NodeName == pod.NodeName
            ? new EvictionDecision.Leave($"holds disks of guest {guest.Name}, which runs on and is not among those that are to leave")
            : null;
    }
}
