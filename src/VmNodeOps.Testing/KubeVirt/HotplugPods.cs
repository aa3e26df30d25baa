using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>The attachment pods of hotplugged volumes: one per launcher, owned by it, with no grace of their own.</summary>
internal static class HotplugPods
{
    private static readonly string[] ToleratedTaints = ["unschedulable", "memory-pressure", "disk-pressure", "pid-pressure"];

    public static void Sync(KubeVirtWorld world, StoredObject instance, IReadOnlyList<StoredObject> launchers)
    {
        var volumes = InstanceVolumes.Of(instance).Where(InstanceVolumes.IsHotpluggable).ToArray();
        if (volumes.Length == 0 || InstancePhase.Of(instance) is not ("Scheduled" or "Running"))
        {
            return;
        }

        var api = world.Api.As(world.Settings.ControllerUser);
        foreach (var launcher in launchers.Where(pod => !InstancePhase.IsFinal(pod) && !pod.IsDeleting && pod.NodeName is not null))
        {
            if (Of(world, launcher) is null)
            {
                api.Create(ResourceTypes.Pods, Create(instance, launcher, volumes, world.Settings));
            }
        }
    }

    /// <summary>The attachment pod of a launcher, or null.</summary>
    public static StoredObject? Of(KubeVirtWorld world, StoredObject launcher) => world.Api.List(ResourceTypes.Pods, launcher.Namespace)
        .FirstOrDefault(pod => pod.Label(Names.Component) == Names.HotplugDisk && pod.OwnerUid() == launcher.Uid && !pod.IsDeleting);

    public static void UpdateStatus(KubeVirtWorld world, JsonObject json, StoredObject? launcher)
    {
        if (launcher is null || json.At("status.volumeStatus") is not JsonArray statuses)
        {
            return;
        }

        var hotplugged = (json.At("spec.volumes") as JsonArray ?? []).OfType<JsonObject>().Where(InstanceVolumes.IsHotpluggable)
            .Select(volume => volume.Text("name")).ToHashSet(StringComparer.Ordinal);
        if (hotplugged.Count == 0 || Of(world, launcher) is not { } pod)
        {
            return;
        }

        foreach (var status in statuses.OfType<JsonObject>().Where(status => hotplugged.Contains(status.Text("name"))))
        {
            status["hotplugVolume"] = new JsonObject { ["attachPodName"] = pod.Name, ["attachPodUID"] = pod.Uid };
        }
    }

    private static JsonObject Create(StoredObject instance, StoredObject launcher, IEnumerable<JsonObject> volumes, KubeVirtSettings settings)
    {
        var labels = new JsonObject { [Names.Component] = Names.HotplugDisk };
        if (launcher.Label(Names.MigrationJobUid) is { } migration)
        {
            labels[Names.MigrationJobUid] = migration;
        }

        var hostname = new JsonObject
        {
            ["key"] = "kubernetes.io/hostname",
            ["operator"] = "In",
            ["values"] = new JsonArray(launcher.NodeName),
        };
        return new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["generateName"] = "hp-volume-",
                ["namespace"] = instance.Namespace,
                ["labels"] = labels,
                ["annotations"] = new JsonObject
                {
                    ["kubevirt.io/owner-vmi-name"] = instance.Name,
                    ["kubevirt.io/owner-vmi-uid"] = instance.Uid,
                },
                ["ownerReferences"] = new JsonArray(launcher.OwnerReference()),
            },
            ["spec"] = new JsonObject
            {
                ["containers"] = new JsonArray(new JsonObject
                {
                    ["name"] = Names.HotplugDisk,
                    ["image"] = LauncherPod.LauncherImage(settings),
                    ["resources"] = new JsonObject(),
                }),
                ["volumes"] = new JsonArray([.. volumes.Select(volume => new JsonObject
                {
                    ["name"] = volume.Text("name"),
                    ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = InstanceVolumes.Claim(volume) },
                })]),
                ["terminationGracePeriodSeconds"] = 0,
                ["affinity"] = new JsonObject
                {
                    ["nodeAffinity"] = new JsonObject
                    {
                        ["requiredDuringSchedulingIgnoredDuringExecution"] = new JsonObject
                        {
                            ["nodeSelectorTerms"] = new JsonArray(
                                new JsonObject { ["matchExpressions"] = new JsonArray(hostname) }),
                        },
                    },
                },
                ["tolerations"] = new JsonArray(
                    [.. ToleratedTaints.Select(taint => new JsonObject
                    {
                        ["key"] = "node.kubernetes.io/" + taint,
                        ["operator"] = "Exists",
                        ["effect"] = "NoSchedule",
                    })]),
            },
        };
    }
}
