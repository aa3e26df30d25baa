using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>virt-handler on every node: starts guests, reports how they are and how they end, and shuts down those that nobody knows.</summary>
internal sealed class VirtHandlers(KubeVirtWorld world, LauncherWorkload launchers)
{
    private readonly InstanceVolumes _volumes = new(world.Api);
    private readonly MigrationTransfers _transfers = new(world, launchers);

    public void Reconcile(string key)
    {
        var (ns, name) = Names.Split(key);
        var instance = world.Api.Get(ResourceTypes.VirtualMachineInstances, ns, name);
        var here = launchers.Of(key).Where(launcher => world.HasHandler(launcher.Node)).ToArray();
        foreach (var launcher in here)
        {
            if (instance is null || instance.Uid != launcher.InstanceUid)
            {
                // A domain of an instance that is no more, or of the one before: only now, after both may have written.
                launchers.ShutDown(launcher);
                Forget(launcher);
            }
        }

        if (instance is null)
        {
            return;
        }

        foreach (var launcher in here.Where(launcher => launcher.InstanceUid == instance.Uid))
        {
            instance = Sync(launcher, instance);
            if (instance is null)
            {
                return;
            }
        }

        FailWithoutDomain(instance);
    }

    /// <summary>Tells every node's heartbeat: the annotation, and that machines may be scheduled there.</summary>
    public void Beat()
    {
        foreach (var node in world.Components.HandlerNodes)
        {
            Beat(node);
        }
    }

    public void Beat(string nodeName)
    {
        if (world.HasHandler(nodeName) && world.Api.Get(ResourceTypes.Nodes, null, nodeName) is { } node)
        {
            world.Update(world.Settings.HandlerUser, node, json =>
            {
                json.SetLabel(Names.Schedulable, "true");
                json.SetAnnotation(Names.Heartbeat, world.Time.Stamp());
            });
        }
    }

    private StoredObject? Write(StoredObject instance, Action<JsonObject> change) => world.Update(world.Settings.HandlerUser, instance, change);

    private StoredObject? Sync(Launcher launcher, StoredObject instance)
    {
        var isCurrent = instance.NodeName == launcher.Node;
        if (launcher.Outcome is { } outcome)
        {
            var reported = isCurrent && !InstancePhase.IsFinal(instance) ? Write(instance, json => InstancePhase.SetFinal(json, outcome)) : instance;
            Forget(launcher);
            return reported;
        }

        if (instance.IsDeleting)
        {
            launchers.ShutDown(launcher);
        }
        else if (InstancePhase.Of(instance) == "Scheduled" && isCurrent)
        {
            if (launcher.Guest is not null)
            {
                return Write(instance, json => ReportRunning(json, instance, launcher));
            }

            if (!launcher.IsBooting && !launcher.HasExited)
            {
                launchers.Boot(launcher, instance);
            }
        }

        if (launcher.Guest is { } guest && isCurrent && InstancePhase.Of(instance) == "Running")
        {
            instance = Write(instance, json => ReportPaused(json, guest.IsPaused)) ?? instance;
        }

        return _transfers.Sync(launcher, instance);
    }

    private void Forget(Launcher launcher)
    {
        if (launcher.HasExited && launcher.Guest is null)
        {
            launchers.Remove(launcher);
        }
    }

    private void ReportRunning(JsonObject json, StoredObject instance, Launcher launcher)
    {
        var status = json.Child("status");
        if (launcher.Behavior.HasAgent)
        {
            status["guestOSInfo"] = new JsonObject { ["id"] = "simulated" };
        }

        status["machine"] = new JsonObject { ["type"] = "pc-q35-9.2" };
        status["migrationMethod"] = "LiveMigration";
        status["selinuxContext"] = "none";
        InstancePhase.Set(json, "Running", world.Time);
        ReportMigratable(json, instance, launcher.Behavior);
        if (launcher.Behavior.HasAgent)
        {
            Conditions.Set(json, "AgentConnected", "True", probe: world.Time.Stamp());
        }

        ReportPaused(json, launcher.Guest!.IsPaused);
    }

    /// <summary>Written here and nowhere else, so that it stays as it was when the node dies.</summary>
    private void ReportMigratable(JsonObject json, StoredObject instance, GuestBehavior behavior)
    {
        if (behavior.NotMigratableReason is { } reason)
        {
            Conditions.Set(json, "LiveMigratable", "False", reason, behavior.NotMigratableMessage ?? "cannot migrate VMI");
        }
        else if (_volumes.UnsharedClaim(instance) is { } claim)
        {
            Conditions.Set(
                json,
                "LiveMigratable",
                "False",
                "DisksNotLiveMigratable",
                $"cannot migrate VMI: PVC {claim} is not shared, live migration requires that all PVCs must be shared (using ReadWriteMany access mode)");
        }
        else
        {
            Conditions.Set(json, "LiveMigratable", "True");
        }

        Conditions.Set(json, "StorageLiveMigratable", "True");
    }

    private void ReportPaused(JsonObject json, bool paused)
    {
        if (paused)
        {
            var stamp = world.Time.Stamp();
            Conditions.Set(json, "Paused", "True", "PausedByUser", "VMI was paused by user", stamp, stamp);
        }
        else
        {
            Conditions.Remove(json, "Paused");
        }
    }

    /// <summary>After a reboot, or a kill: the instance should run here and nothing does.</summary>
    private void FailWithoutDomain(StoredObject instance)
    {
        var node = instance.NodeName;
        if (InstancePhase.Of(instance) is "Running" or "Scheduled"
            && world.HasHandler(node)
            && !launchers.Of(Names.Key(instance.Namespace, instance.Name)).Any(launcher => launcher.Node == node && launcher.InstanceUid == instance.Uid))
        {
            Write(instance, json => InstancePhase.SetFinal(json, "Failed"));
        }
    }
}
