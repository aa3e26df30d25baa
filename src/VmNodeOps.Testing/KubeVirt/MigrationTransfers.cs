using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>What the two virt-handlers of a live migration do: prepare the target, send, switch over, and say so step by step.</summary>
internal sealed class MigrationTransfers(KubeVirtWorld world, LauncherWorkload launchers)
{
    public StoredObject? Sync(Launcher launcher, StoredObject instance)
    {
        var state = instance.Json.At("status.migrationState");
        if (state.Text("migrationUid") is not { } migration)
        {
            return instance;
        }

        if (launcher.HasMovedAway)
        {
            // The source's processes end when the instance says that the migration is complete.
            if (state.Flag("completed"))
            {
                launcher.Exit();
                launchers.Remove(launcher);
            }

            return instance;
        }

        return launcher.TargetOf == migration && state.Text("targetPod") == launcher.PodName
            ? SyncTarget(launcher, instance, state!)
            : SyncSource(launcher, instance, state!, migration);
    }

    private StoredObject? Write(StoredObject instance, Action<JsonObject> changeState) => world.Update(
        world.Settings.HandlerUser, instance, json => changeState(json.Child("status").Child("migrationState")));

    private StoredObject? SyncTarget(Launcher target, StoredObject instance, JsonNode state)
    {
        if (target.Guest is null)
        {
            if (state.Flag("completed"))
            {
                target.Exit();
                launchers.Remove(target);
            }
            else if (state.At("targetNodeAddress") is null && !target.IsPreparing)
            {
                target.IsPreparing = true;
                world.Time.After(world.Settings.TargetPreparation, () =>
                {
                    target.IsPrepared = true;
                    launchers.Touch(target);
                });
            }
            else if (state.At("targetNodeAddress") is null && target.IsPrepared)
            {
                return Write(instance, json =>
                {
                    json["targetDirectMigrationNodePorts"] = new JsonObject { ["36000"] = 49152, ["36001"] = 49153 };
                    json["targetNodeAddress"] = Address(target);
                });
            }

            return instance;
        }

        return Acknowledge(target, instance);
    }

    /// <summary>The guest has arrived: four writes one after the other, of which the second moves the instance here and lifts the eviction mark.</summary>
    private StoredObject? Acknowledge(Launcher target, StoredObject instance)
    {
        StoredObject? written = instance;
        if (!instance.Json.Flag("status.migrationState.targetNodeDomainDetected"))
        {
            written = Write(instance, state =>
            {
                state["targetNodeDomainDetected"] = true;
                state["targetNodeDomainReadyTimestamp"] ??= world.Time.Stamp();
            });
        }

        if (written is not null && written.Json.At("status.migrationState.endTimestamp") is null)
        {
            written = world.Update(world.Settings.HandlerUser, written, json => MoveHere(json, target));
        }

        if (written is not null && !written.Json.Flag("status.migrationState.completed"))
        {
            written = Write(written, state => state["completed"] = true);
        }

        return written?.Label(Names.MigrationTargetNode) is null
            ? written
            : world.Update(world.Settings.HandlerUser, written, json => json.SetLabel(Names.MigrationTargetNode, null));
    }

    private void MoveHere(JsonObject json, Launcher target)
    {
        json.SetLabel(Names.NodeName, target.Node);
        var status = json.Child("status");
        status["nodeName"] = target.Node;
        status.Remove("evacuationNodeName");
        status.Remove("launcherContainerImageVersion");
        status.Child("migrationState")["endTimestamp"] ??= world.Time.Stamp();
    }

    private StoredObject? SyncSource(Launcher source, StoredObject instance, JsonNode state, string migration)
    {
        if (source.Guest is null || state.Text("sourceNode") != source.Node || state.At("endTimestamp") is not null)
        {
            return instance;
        }

        if (state.Flag("abortRequested"))
        {
            source.Transfer?.Dispose();
            source.SendingFor = null;
            return world.Update(world.Settings.HandlerUser, instance, json =>
            {
                json.Child("status").Child("migrationState")["abortStatus"] = "Succeeded";
                MigrationState.MarkFailed(json, "Live migration aborted", world.Time);
            });
        }

        if (state.At("startTimestamp") is null)
        {
            return state.At("targetNodeAddress") is null ? instance : Send(source, instance, migration);
        }

        // The transfer broke while this node was out of touch.
        return source.SendingFor == migration
            ? instance
            : Fail(instance, source.TransferFailure ?? "Live migration failed: the connection was lost");
    }

    private StoredObject? Send(Launcher source, StoredObject instance, string migration)
    {
        var written = Write(instance, json =>
        {
            json["mode"] = "PreCopy";
            json["startTimestamp"] ??= world.Time.Stamp();
        });
        source.SendingFor = migration;
        source.TransferFailure = null;
        source.Behavior = world.Behavior(instance);
        source.Transfer = world.Time.After(source.Behavior.MigrationDuration, () => Arrive(source, migration));
        return written;
    }

    private void Arrive(Launcher source, string migration)
    {
        source.SendingFor = null;
        if (source.Guest is null || source.IsShuttingDown || !source.Host.IsOnline)
        {
            return;
        }

        var (ns, name) = Names.Split(source.Key);
        if (world.Api.Get(ResourceTypes.VirtualMachineInstances, ns, name) is not { } instance || instance.Uid != source.InstanceUid)
        {
            return;
        }

        var target = launchers.Of(source.Key).FirstOrDefault(launcher => launcher.TargetOf == migration && launcher.Host.IsOnline);
        var why = target is null ? "Live migration failed: the target cannot be reached" : world.TakeMigrationFailure(instance);
        if (why is null)
        {
            launchers.SwitchOver(source, target!, instance);
        }
        else
        {
            source.TransferFailure = why;
            launchers.Touch(source);
        }
    }

    private StoredObject? Fail(StoredObject instance, string why) =>
        world.Update(world.Settings.HandlerUser, instance, json => MigrationState.MarkFailed(json, why, world.Time));

    private string Address(Launcher target) => world.Api.Get(ResourceTypes.Nodes, null, target.Node)?.Json
        .At("status.addresses") is JsonArray { Count: > 0 } addresses ? addresses[0].Text("address") ?? target.Node : target.Node;
}
