using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>virt-controller's part in an instance: its pod, its phases up to Scheduled, its conditions, its end when the pod is gone.</summary>
internal sealed class InstanceController(KubeVirtWorld world)
{
    private readonly InstanceVolumes _volumes = new(world.Api);
    private readonly HashSet<string> _terminating = new(StringComparer.Ordinal);

    private IClusterApi Api => world.Api.As(world.Settings.ControllerUser);

    /// <summary>A launcher was seen on its way out. A forced delete shows this version too, for an instant, before the pod is gone.</summary>
    public void SawTerminating(string key) => _terminating.Add(key);

    public void Reconcile(string key)
    {
        var (ns, name) = Names.Split(key);
        var sawTerminating = _terminating.Remove(key);
        if (world.Api.Get(ResourceTypes.VirtualMachineInstances, ns, name) is not { } instance)
        {
            return;
        }

        if (instance.Annotation(Names.LatestObservedVersion) is null)
        {
            instance = Write(instance, json =>
            {
                json.SetAnnotation(Names.LatestObservedVersion, "v1");
                json.SetAnnotation(Names.StorageObservedVersion, "v1");
            });
        }

        if (instance is null)
        {
            return;
        }

        var pods = world.LauncherPods(instance);
        if (sawTerminating && InstancePhase.Of(instance) == "Running" && world.CurrentPod(instance) is null)
        {
            instance = Write(instance, SetTerminating) ?? instance;
        }

        if (instance.IsDeleting || InstancePhase.IsFinal(instance))
        {
            Release(instance, pods);
        }
        else if (pods.Count == 0 && InstancePhase.Of(instance) is null or "Pending")
        {
            CreatePod(instance);
        }
        else if (InstancePhase.Of(instance) is not "Pending" || pods.Any(IsPlacedOrRefused))
        {
            SyncPods(instance, pods);
            Write(instance, json => Update(json, instance, pods));
        }
    }

    /// <summary>A new instance is told of its pod when the scheduler has spoken.</summary>
    private static bool IsPlacedOrRefused(StoredObject pod) => Conditions.Find(pod.Json, "PodScheduled") is not null || pod.NodeName is not null;

    private StoredObject? Write(StoredObject instance, Action<JsonObject> change) =>
        world.Update(world.Settings.ControllerUser, instance, change);

    private void CreatePod(StoredObject instance)
    {
        if (_volumes.MissingClaims(instance) is [var missing, ..])
        {
            Write(instance, json => Conditions.Set(
                json, "Ready", "False", "FailedPvcNotFound", $"PVC {instance.Namespace}/{missing} does not exist, waiting for it to appear"));
            return;
        }

        Api.Create(ResourceTypes.Pods, LauncherPod.For(instance, world.Settings, world.TakePlacement(instance)));
    }

    /// <summary>The pause gate of the current pod, the node label and the descheduler's mark.</summary>
    private void SyncPods(StoredObject instance, IReadOnlyList<StoredObject> pods)
    {
        if (world.CurrentPod(instance) is { } current && !InstancePhase.IsFinal(current))
        {
            var paused = Conditions.IsTrue(instance.Json, "Paused");
            var marked = instance.Json.Text("status.evacuationNodeName") is { Length: > 0 };
            world.Update(world.Settings.ControllerUser, current, json => SyncPod(json, instance, paused, marked));
        }

        HotplugPods.Sync(world, instance, pods);
    }

    private void SyncPod(JsonObject json, StoredObject instance, bool paused, bool marked)
    {
        var stamp = world.Time.Stamp();
        Conditions.Set(
            json,
            Names.Unpaused,
            paused ? "False" : "True",
            paused ? "Paused" : "NotPaused",
            paused ? "the virtual machine is paused" : "the virtual machine is not paused",
            stamp,
            stamp);
        if (instance.Label(Names.NodeName) is { } node)
        {
            json.SetLabel(Names.NodeName, node);
        }

        if (marked)
        {
            json.SetAnnotation(Names.EvictionInProgress, "true");
        }
        else if (json.Annotation(Names.EvictionInProgress) is not null)
        {
            json.SetAnnotation(Names.EvictionInProgress, null);
        }
    }

    private void Update(JsonObject json, StoredObject instance, IReadOnlyList<StoredObject> pods)
    {
        var current = world.CurrentPod(instance);
        var status = json.Child("status");
        var active = new JsonObject();
        foreach (var pod in pods)
        {
            active[pod.Uid] = pod.NodeName ?? "";
        }

        status["activePods"] = active;
        switch (InstancePhase.Of(instance))
        {
            case null or "Pending":
                status["launcherContainerImageVersion"] = LauncherPod.LauncherImage(world.Settings);
                status.Child("memory")["memoryOverhead"] = "288Mi";
                InstancePhase.Set(json, "Scheduling", world.Time);
                break;
            case "Scheduling" when current is null || current.IsDeleting || InstancePhase.IsFinal(current):
                InstancePhase.SetFinal(json, "Failed");
                break;
            case "Scheduling":
                UpdateScheduling(json, current);
                break;
            case not null when current is null || (InstancePhase.IsFinal(current) && !HasHandler(current)):
                // Since 1.2 a running instance without its pod has failed at once, whatever its node does.
                InstancePhase.SetFinal(json, "Failed");
                break;
            default:
                status["launcherContainerImageVersion"] = LauncherPod.LauncherImage(world.Settings);
                break;
        }

        UpdateReady(json, current);
        UpdateEviction(json);
        HotplugPods.UpdateStatus(world, json, current);
    }

    /// <summary>Where virt-handler works it tells how the guest ended; it knows better than the pod's phase.</summary>
    private bool HasHandler(StoredObject pod) => world.HasHandler(pod.NodeName);

    private void UpdateScheduling(JsonObject json, StoredObject pod)
    {
        var scheduled = Conditions.Find(pod.Json, "PodScheduled");
        if (scheduled.Text("status") == "False")
        {
            Conditions.Set(
                json, "PodScheduled", "False", scheduled.Text("reason"), scheduled.Text("message"), null, scheduled.Text("lastTransitionTime"));
            return;
        }

        Conditions.Remove(json, "PodScheduled");
        if (pod.NodeName is not { } node || !Conditions.IsTrue(pod.Json, "ContainersReady"))
        {
            return;
        }

        var status = json.Child("status");
        json.SetLabel(Names.NodeName, node);
        status["nodeName"] = node;
        status["interfaces"] = new JsonArray(new JsonObject { ["name"] = "default", ["podInterfaceName"] = "eth0" });
        status["migrationTransport"] = "Unix";
        status["qosClass"] = "Burstable";
        status["volumeStatus"] = new JsonArray(
            [.. (json.At("spec.volumes") as JsonArray ?? []).Select(volume => new JsonObject { ["name"] = volume.Text("name"), ["target"] = "" })]);
        InstancePhase.Set(json, "Scheduled", world.Time);
    }

    private void UpdateReady(JsonObject json, StoredObject? pod)
    {
        var stamp = world.Time.Stamp();
        if (pod is null)
        {
            Conditions.Set(json, "Ready", "False", "PodNotExists", "virt-launcher pod has not yet been scheduled", stamp, stamp);
        }
        else if (pod.IsDeleting)
        {
            SetTerminating(json);
        }
        else if (json.Text("status.phase") != "Running" || !Conditions.IsKnown(json, "LiveMigratable"))
        {
            Conditions.Set(json, "Ready", "False", "GuestNotRunning", "Guest VM is not reported as running", stamp, stamp);
        }
        else if (Conditions.Find(pod.Json, "Ready") is { } ready)
        {
            Conditions.Set(
                json, "Ready", ready.Text("status") ?? "False", ready.Text("reason"), ready.Text("message"), null, ready.Text("lastTransitionTime"));
        }
        else
        {
            Conditions.Set(
                json, "Ready", "False", "PodConditionMissing", "virt-launcher pod is missing the Ready condition", stamp, stamp);
        }
    }

    private void SetTerminating(JsonObject json)
    {
        var stamp = world.Time.Stamp();
        Conditions.Set(json, "Ready", "False", "PodTerminating", "virt-launcher pod is terminating", stamp, stamp);
    }

    private void UpdateEviction(JsonObject json)
    {
        if (json.Text("status.evacuationNodeName") is { Length: > 0 })
        {
            var stamp = world.Time.Stamp();
            Conditions.Set(json, "EvictionRequested", "True", "EvictionRequested", "VMI is marked for eviction", stamp, stamp);
        }
        else
        {
            Conditions.Remove(json, "EvictionRequested");
        }
    }

    /// <summary>An instance in deletion takes its pods with it; a final one whose pods are gone is let go.</summary>
    private void Release(StoredObject instance, IReadOnlyList<StoredObject> pods)
    {
        if (instance.IsDeleting)
        {
            foreach (var pod in pods.Where(pod => !pod.IsDeleting))
            {
                Api.Delete(ResourceTypes.Pods, pod.Namespace, pod.Name, new DeleteRequest { Uid = pod.Uid });
            }

            pods = world.LauncherPods(instance);
        }

        if (pods.Count > 0)
        {
            if (!InstancePhase.IsFinal(instance))
            {
                Write(instance, json => UpdateReady(json, world.CurrentPod(instance)));
            }

            return;
        }

        if (!instance.HasFinalizer(Names.InstanceFinalizer))
        {
            return;
        }

        if (!InstancePhase.IsFinal(instance))
        {
            Write(instance, json =>
            {
                json.Child("status").Remove("activePods");
                InstancePhase.SetFinal(json, "Failed");
                UpdateReady(json, null);
            });
        }

        Write(instance, json =>
        {
            json.RemoveFinalizer(Names.InstanceFinalizer);
            json.Child("status").Remove("activePods");
            json.Child("status").Remove("launcherContainerImageVersion");
        });
    }
}
