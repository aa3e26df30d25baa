using System.Globalization;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>virt-controller's part in a machine: whether its instance should exist, by run strategy, and what the machine's status says.</summary>
/// <remarks>
/// A restart is always the same: the instance is deleted, its pods go, its finalizers fall, and a new instance of the same name is made.
/// </remarks>
internal sealed class MachineController(KubeVirtWorld world, Action<string, TimeSpan> requeue)
{
    private IClusterApi Api => world.Api.As(world.Settings.ControllerUser);

    public void Reconcile(string key)
    {
        var (ns, name) = Names.Split(key);
        if (world.Api.Get(ResourceTypes.VirtualMachines, ns, name) is not { } machine)
        {
            return;
        }

        if (Instance(machine) is { } ended)
        {
            LetGo(ended);
        }

        if (machine.IsDeleting)
        {
            Delete(machine);
            return;
        }

        if (machine.Annotation(Names.LatestObservedVersion) is null || !machine.HasFinalizer(Names.MachineFinalizer))
        {
            machine = Write(machine, json =>
            {
                json.SetAnnotation(Names.LatestObservedVersion, "v1");
                json.SetAnnotation(Names.StorageObservedVersion, "v1");
                json.AddFinalizer(Names.MachineFinalizer);
            });
        }

        if (machine is not null)
        {
            CountStartFailure(machine);
            Act(machine);
            MachineStatus.Write(world, machine, Instance(machine));
        }
    }

    private StoredObject? Write(StoredObject machine, Action<JsonObject> change) =>
        world.Update(world.Settings.ControllerUser, machine, change);

    private StoredObject? Instance(StoredObject machine) =>
        world.Api.Get(ResourceTypes.VirtualMachineInstances, machine.Namespace, machine.Name) is { } instance
            && instance.OwnerUid() == machine.Uid ? instance : null;

    /// <summary>Its own finalizer keeps an instance until the pods are gone, so that two never hold the disks.</summary>
    private void LetGo(StoredObject instance)
    {
        if (InstancePhase.IsFinal(instance) && instance.HasFinalizer(Names.MachineFinalizer) && !instance.HasFinalizer(Names.InstanceFinalizer))
        {
            Api.Modify(
                ResourceTypes.VirtualMachineInstances,
                instance.Namespace,
                instance.Name,
                json => json.RemoveFinalizer(Names.MachineFinalizer),
                instance.Uid);
        }
    }

    private void Delete(StoredObject machine)
    {
        if (Instance(machine) is not { } instance)
        {
            Write(machine, json => json.RemoveFinalizer(Names.MachineFinalizer));
            return;
        }

        Stop(instance);
        MachineStatus.Write(world, machine, Instance(machine));
    }

    private void Act(StoredObject machine)
    {
        var instance = Instance(machine);
        if (instance is { IsDeleting: true })
        {
            return;
        }

        var request = StateRequests.First(machine);
        var final = instance is not null && InstancePhase.IsFinal(instance);
        switch (RunStrategy.Of(machine))
        {
            case RunStrategy.Always:
                ActAlways(machine, instance, request);
                break;
            case RunStrategy.RerunOnFailure:
                ActRerun(machine, instance, request);
                break;
            case RunStrategy.Manual when instance is null && request == StateRequests.Start:
                Start(machine);
                break;
            case RunStrategy.Manual when instance is not null && (request == StateRequests.Stop || (final && request == StateRequests.Start)):
                StopOnRequest(machine, instance, request);
                break;
            case RunStrategy.Once or RunStrategy.WaitAsReceiver when instance is null:
                Start(machine);
                break;
            case RunStrategy.Once or RunStrategy.WaitAsReceiver when request == StateRequests.Stop:
                StopOnRequest(machine, instance!, request);
                break;
            case RunStrategy.Halted when instance is not null:
                Stop(instance);
                break;
            case RunStrategy.Halted when request == StateRequests.Start:
                Write(machine, json => json.Child("spec")["runStrategy"] = RunStrategy.Always);
                break;
        }
    }

    private void ActAlways(StoredObject machine, StoredObject? instance, string? request)
    {
        if (instance is null)
        {
            Start(machine);
        }
        else if (request == StateRequests.Stop)
        {
            StopOnRequest(machine, instance, request);
        }
        else if (InstancePhase.IsFinal(instance))
        {
            Stop(instance);
        }
    }

    /// <summary>A guest that went down by itself stays down; one that failed comes back.</summary>
    private void ActRerun(StoredObject machine, StoredObject? instance, string? request)
    {
        if (instance is null)
        {
            if (request == StateRequests.Start || machine.Json.Text("status.runStrategy") != RunStrategy.RerunOnFailure)
            {
                Start(machine);
            }
        }
        else if (request == StateRequests.Stop)
        {
            StopOnRequest(machine, instance, request);
        }
        else if (InstancePhase.Of(instance) == "Failed")
        {
            if (request is null)
            {
                StateRequests.Write(Api, machine, StateRequests.Start);
            }

            Stop(instance);
        }
        else if (InstancePhase.Of(instance) == "Succeeded")
        {
            Stop(instance);
        }
    }

    private void StopOnRequest(StoredObject machine, StoredObject instance, string? request)
    {
        Stop(instance);
        if (request == StateRequests.Stop)
        {
            StateRequests.RemoveFirst(Api, machine);
        }
    }

    private void Stop(StoredObject instance)
    {
        if (!instance.IsDeleting)
        {
            Api.Delete(
                ResourceTypes.VirtualMachineInstances, instance.Namespace, instance.Name, new DeleteRequest { Uid = instance.Uid });
        }
    }

    private void Start(StoredObject machine)
    {
        if (machine.Json.Timestamp("status.startFailure.retryAfterTimestamp") is { } retry && retry > world.Time.GetUtcNow())
        {
            requeue(Names.Key(machine.Namespace, machine.Name), retry - world.Time.GetUtcNow());
            return;
        }

        if (world.Api.Get(ResourceTypes.VirtualMachineInstances, machine.Namespace, machine.Name) is not null)
        {
            // A standalone instance bears the name: the machine waits.
            return;
        }

        Api.Create(ResourceTypes.VirtualMachineInstances, InstanceTemplate.Of(machine));
        if (StateRequests.First(machine) == StateRequests.Start)
        {
            StateRequests.RemoveFirst(Api, machine);
        }
    }

    /// <summary>Only an instance that failed before it ever ran makes its machine wait: about 10 s times the square of the failures, at most 300 s.</summary>
    private void CountStartFailure(StoredObject machine)
    {
        if (Instance(machine) is not { } instance)
        {
            return;
        }

        var everRan = instance.Json.At("status.phaseTransitionTimestamps") is JsonArray phases && phases.Any(each => each.Text("phase") == "Running");
        if (everRan)
        {
            if (machine.Json.At("status.startFailure") is not null)
            {
                Write(machine, json => json.Child("status").Remove("startFailure"));
            }
        }
        else if (InstancePhase.Of(instance) == "Failed" && machine.Json.Text("status.startFailure.lastFailedVMIUID") != instance.Uid)
        {
            Write(machine, json =>
            {
                var count = (json.Number("status.startFailure.consecutiveFailCount") ?? 0) + 1;
                var wait = TimeSpan.FromSeconds(Math.Min(300, 10 * count * count));
                json.Child("status")["startFailure"] = new JsonObject
                {
                    ["consecutiveFailCount"] = count,
                    ["lastFailedVMIUID"] = instance.Uid,
                    ["retryAfterTimestamp"] =
                        (world.Time.GetUtcNow() + wait).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                };
            });
        }
    }
}
