using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>virt-controller's part in a migration: the target pod, the hand-over to virt-handler, the phases and the end.</summary>
internal sealed class MigrationController(KubeVirtWorld world, Action<string, TimeSpan> requeue)
{
    private const int KeptFinished = 5;
    private static readonly TimeSpan UnschedulableTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PendingTimeout = TimeSpan.FromMinutes(15);
    private readonly MigrationQueue _queue = new(world);
    private readonly HashSet<string> _backedOff = new(StringComparer.Ordinal);

    private IClusterApi Api => world.Api.As(world.Settings.ControllerUser);

    public void Reconcile(string key)
    {
        var (ns, name) = Names.Split(key);
        if (world.Api.Get(ResourceTypes.VirtualMachineInstanceMigrations, ns, name) is not { } migration)
        {
            return;
        }

        var instance = Migrations.Instance(world, migration);
        if (InstancePhase.IsFinal(migration))
        {
            Finish(migration, instance);
        }
        else if (instance is null || instance.IsDeleting || InstancePhase.IsFinal(instance))
        {
            // Without a running instance there is nothing to move; the target goes with it.
            DeleteTarget(migration);
            Fail(migration, null, "VMI is not eligible for migration because it is in a finalized state.");
        }
        else if (migration.Annotation(Names.LatestObservedVersion) is null)
        {
            Write(migration, json =>
            {
                json.SetAnnotation(Names.LatestObservedVersion, "v1");
                json.SetAnnotation(Names.StorageObservedVersion, "v1");
            });
        }
        else if (migration.IsDeleting)
        {
            Abort(migration, instance);
        }
        else
        {
            Advance(migration, instance);
        }
    }

    private StoredObject? Write(StoredObject stored, Action<JsonObject> change) => world.Update(world.Settings.ControllerUser, stored, change);

    private void SetPhase(StoredObject migration, string phase) => Write(migration, json =>
    {
        if (json.Text("status.phase") != phase)
        {
            InstancePhase.Set(json, phase, world.Time);
        }
    });

    private void Advance(StoredObject migration, StoredObject instance)
    {
        switch (InstancePhase.Of(migration))
        {
            case null or "":
                var source = world.CurrentPod(instance)?.Name;
                Write(migration, json =>
                {
                    json.Child("status").Child("migrationState")["sourcePod"] = source;
                    InstancePhase.Set(json, "Pending", world.Time);
                });
                break;
            case "Pending":
                Begin(migration, instance);
                break;
            case "Scheduling":
                AwaitTarget(migration);
                break;
            case "Scheduled":
                HandOver(migration, instance);
                break;
            case var phase:
                Follow(migration, instance, phase);
                break;
        }
    }

    private void Begin(StoredObject migration, StoredObject instance)
    {
        if (Migrations.TargetPod(world, migration) is not null)
        {
            SetPhase(migration, "Scheduling");
            return;
        }

        var wait = _queue.BackOff(migration);
        if (wait > TimeSpan.Zero)
        {
            if (_backedOff.Add(migration.Uid))
            {
                world.RecordEvent(
                    instance, "Warning", "MigrationBackoff", $"backoff migrating vmi {instance.Namespace}/{instance.Name}", "virtualmachine-controller");
            }

            requeue(Names.Key(migration.Namespace, migration.Name), wait);
            return;
        }

        // Whoever waits for a place is woken when another migration ends.
        if (InstancePhase.Of(instance) == "Running" && _queue.HasPlace(migration))
        {
            Write(instance, json => json.SetAnnotation("kubevirt.io/nonroot", "true"));
            Api.Create(ResourceTypes.Pods, LauncherPod.ForMigration(instance, migration, world.Settings));
            _queue.Begin(migration);
        }
    }

    private void AwaitTarget(StoredObject migration)
    {
        if (Migrations.TargetPod(world, migration) is not { IsDeleting: false } pod || InstancePhase.IsFinal(pod))
        {
            Fail(migration, null, "Migration failed because target pod shutdown during migration");
        }
        else if (Conditions.IsTrue(pod.Json, "ContainersReady"))
        {
            SetPhase(migration, "Scheduled");
        }
        else if (InstancePhase.Of(pod) is null or "Pending")
        {
            CheckPending(migration, pod);
        }
    }

    private void CheckPending(StoredObject migration, StoredObject pod)
    {
        var isUnschedulable = Conditions.Find(pod.Json, "PodScheduled") is { } scheduled
            && scheduled.Text("status") == "False" && scheduled.Text("reason") == "Unschedulable";
        if (isUnschedulable && _backedOff.Add(pod.Uid))
        {
            world.RecordEvent(
                migration,
                "Warning",
                "migrationTargetPodUnschedulable",
                $"Migration target pod for VMI [{migration.Namespace}/{migration.Json.Text("spec.vmiName")}] is currently unschedulable.",
                "virtualmachine-controller");
        }

        var deadline = pod.Json.Timestamp("metadata.creationTimestamp")!.Value + (isUnschedulable ? UnschedulableTimeout : PendingTimeout);
        if (deadline > world.Time.GetUtcNow())
        {
            requeue(Names.Key(migration.Namespace, migration.Name), deadline - world.Time.GetUtcNow());
        }
        else
        {
            DeleteTarget(migration);
            Fail(migration, null, "Migration failed because the target pod did not start in time");
        }
    }

    private void HandOver(StoredObject migration, StoredObject instance)
    {
        if (Migrations.Concerns(instance, migration))
        {
            SetPhase(migration, "PreparingTarget");
            return;
        }

        if (Migrations.TargetPod(world, migration) is not { IsDeleting: false } target || InstancePhase.IsFinal(target))
        {
            Fail(migration, null, "Migration failed because target pod shutdown during migration");
            return;
        }

        var node = target.NodeName;
        var source = world.CurrentPod(instance)?.Name;
        Write(instance, json =>
        {
            json.SetLabel(Names.MigrationTargetNode, node);
            json.Child("status")["migrationState"] = new JsonObject
            {
                ["migrationConfiguration"] = Configuration(),
                ["migrationUid"] = migration.Uid,
                ["sourceNode"] = json.Text("status.nodeName"),
                ["sourcePod"] = source,
                ["targetMemoryOverhead"] = "288Mi",
                ["targetNode"] = node,
                ["targetPod"] = target.Name,
            };
        });
    }

    private JsonObject Configuration() => new()
    {
        ["allowAutoConverge"] = false,
        ["allowPostCopy"] = false,
        ["allowWorkloadDisruption"] = false,
        ["bandwidthPerMigration"] = "0",
        ["completionTimeoutPerGiB"] = world.Profile.CompletionTimeoutPerGiB,
        ["maxDowntimeMs"] = 900,
        ["nodeDrainTaintKey"] = world.DrainTaintKey,
        ["parallelMigrationsPerCluster"] = world.ParallelMigrationsPerCluster,
        ["parallelOutboundMigrationsPerNode"] = world.ParallelOutboundMigrationsPerNode,
        ["progressTimeout"] = 150,
        ["unsafeMigrationOverride"] = false,
        ["utilityVolumesTimeout"] = 150,
    };

    private void Follow(StoredObject migration, StoredObject instance, string? phase)
    {
        var state = instance.Json.At("status.migrationState");
        if (!Migrations.Concerns(instance, migration))
        {
            Fail(migration, null, "Migration failed because another migration took its place");
        }
        else if (state.Flag("completed"))
        {
            if (state.Flag("failed"))
            {
                Fail(migration, instance, "source node reported migration failed");
            }
            else
            {
                SetPhase(migration, "Succeeded");
            }
        }
        else if (state.At("endTimestamp") is null && Migrations.TargetPod(world, migration) is null)
        {
            Fail(migration, instance, "Migration target pod was removed during active migration.");
        }
        else if (phase == "PreparingTarget" && state.At("targetNodeAddress") is not null)
        {
            SetPhase(migration, "TargetReady");
        }
        else if (phase == "TargetReady" && state.At("startTimestamp") is not null)
        {
            SetPhase(migration, "Running");
        }
    }

    /// <summary>Before the hand-over the target simply goes; afterwards virt-handler is asked to stop the transfer.</summary>
    private void Abort(StoredObject migration, StoredObject instance)
    {
        var state = instance.Json.At("status.migrationState");
        if (!Migrations.Concerns(instance, migration) || state.At("startTimestamp") is null)
        {
            DeleteTarget(migration);
            Fail(migration, instance, "Migration aborted before it began");
        }
        else if (state.Flag("completed"))
        {
            Follow(migration, instance, "Running");
        }
        else
        {
            Write(instance, json => json.Child("status").Child("migrationState")["abortRequested"] = true);
        }
    }

    private void DeleteTarget(StoredObject migration)
    {
        if (Migrations.TargetPod(world, migration) is { IsDeleting: false } pod && !HasTakenOver(migration, pod))
        {
            Api.Delete(ResourceTypes.Pods, pod.Namespace, pod.Name, new DeleteRequest { Uid = pod.Uid });
        }
    }

    private bool HasTakenOver(StoredObject migration, StoredObject pod) =>
        Migrations.Instance(world, migration) is { } instance && world.CurrentPod(instance)?.Uid == pod.Uid;

    private void Fail(StoredObject migration, StoredObject? instance, string why)
    {
        if (instance is not null && Migrations.Concerns(instance, migration))
        {
            Write(instance, json => MigrationState.MarkFailed(json, why, world.Time));
        }

        SetPhase(migration, "Failed");
        world.RecordEvent(migration, "Warning", "FailedMigration", why, "virtualmachine-controller");
    }

    private void Finish(StoredObject migration, StoredObject? instance)
    {
        if (instance is not null && Migrations.Concerns(instance, migration))
        {
            var state = instance.Json.At("status.migrationState")!;
            migration = Write(migration, json => json.Child("status")["migrationState"] = state.DeepClone()) ?? migration;
            if (instance.Label(Names.MigrationTargetNode) is not null)
            {
                Write(instance, json => json.SetLabel(Names.MigrationTargetNode, null));
            }
        }

        Write(migration, json => json.RemoveFinalizer(Names.MigrationFinalizer));
        if (instance is null && !migration.IsDeleting)
        {
            Api.Delete(ResourceTypes.VirtualMachineInstanceMigrations, migration.Namespace, migration.Name);
            return;
        }

        CollectGarbage(migration);
    }

    /// <summary>Only the newest finished ones are kept; with an older one goes the pod that it left behind.</summary>
    private void CollectGarbage(StoredObject migration)
    {
        var finished = Migrations.Of(world, migration.Namespace, migration.Json.Text("spec.vmiName")!)
            .Where(each => InstancePhase.IsFinal(each) && !each.IsDeleting).ToArray();
        foreach (var old in finished.SkipLast(KeptFinished))
        {
            var left = InstancePhase.Of(old) == "Succeeded" ? old.Json.Text("status.migrationState.sourcePod") : Migrations.TargetPod(world, old)?.Name;
            if (left is not null && world.Api.Get(ResourceTypes.Pods, old.Namespace, left) is { } pod && InstancePhase.IsFinal(pod))
            {
                Api.Delete(ResourceTypes.Pods, pod.Namespace, pod.Name, new DeleteRequest { Uid = pod.Uid });
            }

            Api.Delete(ResourceTypes.VirtualMachineInstanceMigrations, old.Namespace, old.Name);
        }
    }
}
