using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Tells whose a launcher pod is and what it is for.</summary>
/// <remarks>
/// The owner reference binds a pod to one very instance by UID. Names do not: labels carry the host name, long names are cut. The annotation
/// <c>kubevirt.io/domain</c> holds the instance's full name and helps where the owner reference is missing.
/// </remarks>
internal static class LauncherPods
{
    public const string Selector = "kubevirt.io=virt-launcher";

    /// <summary>Holds the instance's UID, on all its launcher pods.</summary>
    public const string InstanceLabel = "kubevirt.io/created-by";
    private const string InstanceKind = "VirtualMachineInstance";
    private const string DomainAnnotation = "kubevirt.io/domain";
    private const string MigrationLabel = "kubevirt.io/migrationJobUID";

    public static bool IsLauncher(Pod pod) => pod.Labels.GetValueOrDefault("kubevirt.io") == "virt-launcher";

    /// <summary>The instance's name; null for a pod that is none of an instance's.</summary>
    public static ObjectName? InstanceOf(Pod pod)
    {
        var name = pod.Controller is { Kind: InstanceKind } owner ? owner.Name : pod.Annotations.GetValueOrDefault(DomainAnnotation);
        return ObjectName.IsValid(name) ? new ObjectName(pod.Name.Namespace, name!) : null;
    }

    /// <summary>Whether the pod is this very instance's.</summary>
    public static bool Belongs(Pod pod, VirtualMachineInstance instance) =>
        pod.Controller is { Kind: InstanceKind } owner ? owner.Uid == instance.Uid : InstanceOf(pod) == instance.Name;

    public static LauncherRole RoleOf(Pod pod, VirtualMachineInstance? instance)
    {
        if (pod.IsFinished)
        {
            return LauncherRole.Finished;
        }

        if (instance is null || !Belongs(pod, instance))
        {
            return LauncherRole.Orphan;
        }

        var isElsewhere = instance.NodeName is { } node && node != pod.NodeName;
        var job = pod.Labels.GetValueOrDefault(MigrationLabel);
        var state = instance.Migration;
        if (job is null)
        {
            return isElsewhere ? LauncherRole.MigrationSource : LauncherRole.Current;
        }

        // The label stays with a pod that was once a target. The instance tells only its latest migration, which may be another one.
        if (state is { Completed: false } && state.MigrationUid == job && state.TargetPod == pod.Name.Name)
        {
            return LauncherRole.MigrationTarget;
        }

        return !isElsewhere ? LauncherRole.Current
            : state?.SourcePod == pod.Name.Name ? LauncherRole.MigrationSource
            : LauncherRole.MigrationTarget;
    }
}
