using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;

namespace VmNodeOps.Testing.Hosts;

/// <summary>The way from a pod over its claims to the volumes that must be attached.</summary>
internal static class PodVolumes
{
    /// <summary>The claims that a pod mounts, generic ephemeral ones included.</summary>
    public static IEnumerable<string> Claims(StoredObject pod)
    {
        foreach (var volume in pod.Json["spec"].Children("volumes"))
        {
            if (volume.Child("persistentVolumeClaim").Text("claimName") is { } claim)
            {
                yield return claim;
            }
            else if (volume.Child("ephemeral") is not null)
            {
                yield return $"{pod.Name}-{volume.Text("name")}";
            }
        }
    }

    /// <summary>The volumes in the order of the pod's spec. A claim that is not bound yet shows in <paramref name="unbound"/>.</summary>
    public static IReadOnlyList<AttachableVolume> Of(IClusterApi api, StoredObject pod, out string? unbound)
    {
        unbound = null;
        List<AttachableVolume>? volumes = null;
        foreach (var claim in Claims(pod))
        {
            var bound = api.Get(ResourceTypes.PersistentVolumeClaims, pod.Namespace, claim)?.Json["spec"].Text("volumeName");
            var volume = bound is null ? null : api.Get(ResourceTypes.PersistentVolumes, null, bound);
            if (volume is null)
            {
                unbound ??= claim;
            }
            else if (AttachableVolume.Of(volume) is { } attachable)
            {
                (volumes ??= []).Add(attachable);
            }
        }

        return volumes ?? [];
    }
}
