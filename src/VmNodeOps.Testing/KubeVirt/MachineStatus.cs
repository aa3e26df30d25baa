using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>What a machine's status says of its instance.</summary>
internal static class MachineStatus
{
    public static void Write(KubeVirtWorld world, StoredObject machine, StoredObject? instance) =>
        world.Update(world.Settings.ControllerUser, machine, json => Update(world, json, machine, instance));

    private static void Update(KubeVirtWorld world, JsonObject json, StoredObject machine, StoredObject? instance)
    {
        var status = json.Child("status");
        SetFlag(status, "created", instance is not null);
        SetFlag(status, "ready", instance is not null && instance.IsReady);
        status["runStrategy"] = RunStrategy.Of(machine);
        var generation = json.Number("metadata.generation") ?? 1;
        status["desiredGeneration"] = generation;
        status["observedGeneration"] = generation;
        status["volumeSnapshotStatuses"] = new JsonArray(
        [
            .. (json.At("spec.template.spec.volumes") as JsonArray ?? []).Select(volume => new JsonObject
            {
                ["enabled"] = false,
                ["name"] = volume.Text("name"),
                ["reason"] = $"Snapshot is not supported for this volumeSource type [{volume.Text("name")}]",
            }),
        ]);
        UpdateConditions(world, json, instance);
        status["printableStatus"] = Printable(world, json, machine, instance);
    }

    private static void SetFlag(JsonObject status, string name, bool value)
    {
        if (value)
        {
            status[name] = true;
        }
        else
        {
            status.Remove(name);
        }
    }

    private static void UpdateConditions(KubeVirtWorld world, JsonObject json, StoredObject? instance)
    {
        if (instance is null)
        {
            var stamp = world.Time.Stamp();
            Conditions.Set(json, "Ready", "False", "VMINotExists", "VMI does not exist", stamp, stamp);
            return;
        }

        var conditions = json.Child("status").Items("conditions");
        var copied = (instance.Json.At("status.conditions") as JsonArray ?? []).OfType<JsonObject>().ToArray();
        foreach (var gone in conditions.Where(each => copied.All(condition => condition.Text("type") != each.Text("type"))).ToArray())
        {
            conditions.Remove(gone);
        }

        foreach (var condition in copied)
        {
            Conditions.Set(
                json,
                condition.Text("type")!,
                condition.Text("status")!,
                condition.Text("reason"),
                condition.Text("message"),
                condition.Text("lastProbeTime"),
                condition.Text("lastTransitionTime"));
        }
    }

    /// <summary>The first match in KubeVirt's own order.</summary>
    private static string Printable(KubeVirtWorld world, JsonObject json, StoredObject machine, StoredObject? instance)
    {
        var strategy = RunStrategy.Of(machine);
        if (machine.IsDeleting)
        {
            return "Terminating";
        }

        if (instance is { IsDeleting: true })
        {
            return "Stopping";
        }

        if (instance is not null && IsMigrating(instance))
        {
            return "Migrating";
        }

        if (instance is not null && Conditions.IsTrue(instance.Json, "Paused"))
        {
            return "Paused";
        }

        return instance is null ? PrintableWithoutInstance(world, json, strategy) : PrintableOfInstance(world, json, strategy, instance);
    }

    private static string PrintableWithoutInstance(KubeVirtWorld world, JsonObject json, string strategy)
    {
        if (json.Timestamp("status.startFailure.retryAfterTimestamp") is { } retry && retry > world.Time.GetUtcNow())
        {
            return "CrashLoopBackOff";
        }

        return strategy is RunStrategy.Always or RunStrategy.Once ? "Starting" : "Stopped";
    }

    private static string PrintableOfInstance(KubeVirtWorld world, JsonObject json, string strategy, StoredObject instance)
    {
        switch (InstancePhase.Of(instance))
        {
            case "Running":
                return "Running";
            case "Succeeded" or "Failed":
                return json.At("status.startFailure") is not null ? "CrashLoopBackOff"
                    : strategy is RunStrategy.Always ? "Stopping" : "Stopped";
            case "Unknown":
                return "Unknown";
        }

        if (Conditions.Find(instance.Json, "PodScheduled") is { } scheduled
            && scheduled.Text("status") == "False" && scheduled.Text("reason") == "Unschedulable")
        {
            return "ErrorUnschedulable";
        }

        return new InstanceVolumes(world.Api).MissingClaims(instance).Count > 0 ? "ErrorPvcNotFound" : "Starting";
    }

    private static bool IsMigrating(StoredObject instance) => instance.Json.At("status.migrationState.startTimestamp") is not null
        && instance.Json.At("status.migrationState.endTimestamp") is null;
}
