using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>Makes the virt-launcher pod of an instance, and the target pod of a migration.</summary>
/// <remarks>Labels, owner, scheduling, grace, readiness gate and volumes are those of a real launcher; containers are cut down to what a reader may look at.</remarks>
internal static class LauncherPod
{
    private static readonly string[] Scratch =
        ["private", "public", "sockets", "virt-bin-share-dir", "libvirt-runtime", "ephemeral-disks", "hotplug-disks"];

    public static JsonObject For(StoredObject instance, KubeVirtSettings settings, string? node = null)
    {
        var spec = instance.Json["spec"]!.AsObject();
        var pod = new JsonObject
        {
            ["kind"] = "Pod",
            ["apiVersion"] = "v1",
            ["metadata"] = Metadata(instance),
            ["spec"] = new JsonObject
            {
                ["volumes"] = Volumes(spec),
                ["containers"] = new JsonArray(Container(instance, settings)),
                ["restartPolicy"] = "Never",
                // The guest has its own grace; the pod's is longer, so that virt-handler destroys the domain before the kubelet does.
                ["terminationGracePeriodSeconds"] = (spec.Number("terminationGracePeriodSeconds") ?? 30) + 30,
                ["dnsPolicy"] = "ClusterFirst",
                ["nodeSelector"] = NodeSelector(spec),
                ["serviceAccountName"] = "default",
                ["automountServiceAccountToken"] = false,
                ["securityContext"] = new JsonObject { ["runAsUser"] = 107, ["runAsGroup"] = 107, ["runAsNonRoot"] = true, ["fsGroup"] = 107 },
                ["hostname"] = instance.Name,
                ["affinity"] = spec["affinity"]?.DeepClone() ?? new JsonObject(),
                ["schedulerName"] = "default-scheduler",
                ["readinessGates"] = new JsonArray(new JsonObject { ["conditionType"] = Names.Unpaused }),
                ["enableServiceLinks"] = false,
            },
        };
        var podSpec = pod["spec"]!.AsObject();
        Copy(spec, podSpec, "tolerations");
        Copy(spec, podSpec, "priorityClassName");
        Copy(spec, podSpec, "topologySpreadConstraints");
        if (node is not null)
        {
            podSpec["nodeName"] = node;
        }

        return pod;
    }

    /// <summary>The target of a migration may not run beside the source.</summary>
    public static JsonObject ForMigration(StoredObject instance, StoredObject migration, KubeVirtSettings settings)
    {
        var pod = For(instance, settings);
        pod.SetLabel(Names.MigrationJobUid, migration.Uid);
        pod.SetLabel(Names.NodeName, null);
        pod.SetAnnotation(Names.MigrationJobName, migration.Name);
        var spec = pod["spec"]!.AsObject();
        spec.Child("affinity").Child("podAntiAffinity").Items("requiredDuringSchedulingIgnoredDuringExecution").AddNode(new JsonObject
        {
            ["labelSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { [Names.CreatedBy] = instance.Uid } },
            ["topologyKey"] = "kubernetes.io/hostname",
        });
        if (migration.Json.At("spec.addedNodeSelector") is JsonObject added)
        {
            foreach (var (key, value) in added)
            {
                spec.Child("nodeSelector")[key] = value?.DeepClone();
            }
        }

        return pod;
    }

    private static JsonObject Metadata(StoredObject instance)
    {
        var labels = new JsonObject
        {
            [Names.Component] = Names.Launcher,
            [Names.CreatedBy] = instance.Uid,
            ["vm.kubevirt.io/name"] = instance.Json.Text("spec.hostname") ?? instance.Name,
            ["vmi.kubevirt.io/id"] = instance.Name,
        };
        foreach (var (key, value) in instance.Labels)
        {
            labels.TryAdd(key, value);
        }

        var annotations = new JsonObject
        {
            ["descheduler.alpha.kubernetes.io/request-evict-only"] = "",
            ["kubectl.kubernetes.io/default-container"] = "compute",
            [Names.Domain] = instance.Name,
            ["kubevirt.io/memory-overhead-bytes"] = "301989888",
            ["kubevirt.io/migrationTransportUnix"] = "true",
        };
        foreach (var (key, value) in instance.Json.At("metadata.annotations") as JsonObject ?? [])
        {
            if (key is not (Names.LatestObservedVersion or Names.StorageObservedVersion or "kubectl.kubernetes.io/last-applied-configuration"))
            {
                annotations.TryAdd(key, value?.DeepClone());
            }
        }

        return new JsonObject
        {
            ["generateName"] = $"virt-launcher-{(instance.Name.Length > 40 ? instance.Name[..40] : instance.Name)}-",
            ["namespace"] = instance.Namespace,
            ["labels"] = labels,
            ["annotations"] = annotations,
            ["ownerReferences"] = new JsonArray(instance.OwnerReference()),
        };
    }

    private static JsonArray Volumes(JsonObject spec)
    {
        var volumes = new JsonArray([.. Scratch.Select(name => new JsonObject { ["name"] = name, ["emptyDir"] = new JsonObject() })]);
        foreach (var volume in (spec["volumes"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (volume.Text("containerDisk.image") is { } image)
            {
                volumes.AddNode(new JsonObject { ["name"] = volume.Text("name"), ["image"] = new JsonObject { ["reference"] = image } });
            }
            else if (InstanceVolumes.Claim(volume) is { } claim && !InstanceVolumes.IsHotpluggable(volume))
            {
                volumes.AddNode(new JsonObject
                {
                    ["name"] = volume.Text("name"),
                    ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim },
                });
            }
        }

        return volumes;
    }

    private static JsonObject Container(StoredObject instance, KubeVirtSettings settings) => new()
    {
        ["name"] = "compute",
        ["image"] = LauncherImage(settings),
        ["command"] = new JsonArray("/usr/bin/virt-launcher-monitor"),
        ["args"] = new JsonArray("--name", instance.Name, "--uid", instance.Uid, "--namespace", instance.Namespace),
        ["resources"] = new JsonObject
        {
            ["limits"] = new JsonObject { ["devices.kubevirt.io/kvm"] = "1" },
            ["requests"] = Requests(instance.Json["spec"]!.AsObject()),
        },
        ["imagePullPolicy"] = "IfNotPresent",
    };

    private static JsonObject Requests(JsonObject spec)
    {
        var requests = new JsonObject
        {
            ["cpu"] = spec.Text("domain.resources.requests.cpu") ?? "100m",
            ["devices.kubevirt.io/kvm"] = "1",
            ["memory"] = spec.Text("domain.resources.requests.memory") ?? spec.Text("domain.memory.guest") ?? "64Mi",
        };
        return requests;
    }

    public static string LauncherImage(KubeVirtSettings settings) => $"quay.io/kubevirt/virt-launcher:v{settings.Profile.Name}";

    private static JsonObject NodeSelector(JsonObject spec)
    {
        var selector = new JsonObject { ["kubernetes.io/arch"] = "amd64", [Names.Schedulable] = "true" };
        foreach (var (key, value) in spec["nodeSelector"] as JsonObject ?? [])
        {
            selector[key] = value?.DeepClone();
        }

        return selector;
    }

    private static void Copy(JsonObject from, JsonObject to, string field)
    {
        if (from[field] is { } value)
        {
            to[field] = value.DeepClone();
        }
    }
}
