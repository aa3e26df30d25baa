using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>The aggregated API of virt-api: start, stop, restart, migrate, pause, unpause, evacuate/cancel.</summary>
internal sealed class Subresources(KubeVirtWorld world, VirtApi virtApi, KubeVirtWebhooks webhooks, Action<string, bool> pause)
{
    private static readonly SubresourceAnswer Ok = new(200);
    private static readonly SubresourceAnswer Accepted = new(202);

    private IClusterApi Api => world.Api.As(world.Settings.ApiUser);

    public void Register()
    {
        Add("virtualmachines", "start", Start);
        Add("virtualmachines", "stop", Stop);
        Add("virtualmachines", "restart", Restart);
        Add("virtualmachines", "migrate", Migrate);
        Add("virtualmachineinstances", "pause", call => Pause(call, paused: true));
        Add("virtualmachineinstances", "unpause", call => Pause(call, paused: false));
        if (world.Profile.CanCancelEvacuation)
        {
            Add("virtualmachines", "evacuate/cancel", CancelOfMachine);
            Add("virtualmachineinstances", "evacuate/cancel", CancelOfInstance);
        }
    }

    private void Add(string plural, string subresource, Func<SubresourceCall, SubresourceAnswer> handle) => world.Api.AddSubresource(new SubresourceHandler
    {
        Group = "subresources.kubevirt.io",
        Version = "v1",
        Plural = plural,
        Subresource = subresource,
        Handle = call =>
        {
            virtApi.CallSubresource();
            return handle(call);
        },
    });

    private SubresourceAnswer Start(SubresourceCall call)
    {
        var machine = Machine(call);
        var instance = world.Api.Get(ResourceTypes.VirtualMachineInstances, call.Namespace, call.Name);
        var final = instance is not null && InstancePhase.IsFinal(instance);
        if (instance is not null && !final)
        {
            throw Conflict("virtualmachine", call.Name, "VM is already running");
        }

        var strategy = RunStrategy.Of(machine);
        switch (strategy)
        {
            case RunStrategy.Halted when !IsDryRun(call):
                SetStrategy(machine, RunStrategy.Always);
                break;
            case RunStrategy.Always or RunStrategy.Once or RunStrategy.WaitAsReceiver:
                throw Conflict("virtualmachine", call.Name, $"{strategy} does not support manual start requests");
            case RunStrategy.RerunOnFailure when instance is not null && InstancePhase.Of(instance) == "Failed":
                throw Conflict("virtualmachine", call.Name, $"{strategy} does not support starting VM from failed state");
            case RunStrategy.RerunOnFailure or RunStrategy.Manual when !IsDryRun(call):
                StateRequests.Write(Api, machine, final ? [StateRequests.Stop, StateRequests.Start] : [StateRequests.Start]);
                break;
        }

        return Accepted;
    }

    private SubresourceAnswer Stop(SubresourceCall call)
    {
        var machine = Machine(call);
        var instance = world.Api.Get(ResourceTypes.VirtualMachineInstances, call.Namespace, call.Name);
        var strategy = RunStrategy.Of(machine);
        if (strategy == RunStrategy.Halted
            || ((instance is null || InstancePhase.IsFinal(instance)) && strategy is RunStrategy.Manual or RunStrategy.RerunOnFailure))
        {
            throw Conflict("virtualmachine", call.Name, "VM is not running");
        }

        if (IsDryRun(call))
        {
            return Accepted;
        }

        if (strategy is RunStrategy.Manual or RunStrategy.RerunOnFailure)
        {
            StateRequests.Write(Api, machine, StateRequests.Stop);
        }
        else
        {
            SetStrategy(machine, RunStrategy.Halted);
        }

        return Accepted;
    }

    private SubresourceAnswer Restart(SubresourceCall call)
    {
        var machine = Machine(call);
        if (RunStrategy.Of(machine) == RunStrategy.Halted)
        {
            throw Conflict("virtualmachine", call.Name, "Halted does not support manual restart requests");
        }

        if (world.Api.Get(ResourceTypes.VirtualMachineInstances, call.Namespace, call.Name) is null)
        {
            throw Conflict("virtualmachine", call.Name, "VM is not running");
        }

        if (!IsDryRun(call))
        {
            StateRequests.Write(Api, machine, StateRequests.Stop, StateRequests.Start);
        }

        return Accepted;
    }

    private SubresourceAnswer Migrate(SubresourceCall call)
    {
        Machine(call);
        if (world.Api.Get(ResourceTypes.VirtualMachineInstances, call.Namespace, call.Name) is not { } instance
            || InstancePhase.Of(instance) != "Running")
        {
            throw Conflict("virtualmachine", call.Name, "VM is not running");
        }

        var spec = new JsonObject { ["vmiName"] = call.Name };
        if (call.Body?["addedNodeSelector"] is { } selector)
        {
            spec["addedNodeSelector"] = selector.DeepClone();
        }

        try
        {
            if (IsDryRun(call))
            {
                webhooks.CheckMigration(call.Namespace, call.Name, world.Settings.ApiUser);
            }
            else
            {
                Api.Create(ResourceTypes.VirtualMachineInstanceMigrations, new JsonObject
                {
                    ["metadata"] = new JsonObject { ["generateName"] = "kubevirt-migrate-vm-", ["namespace"] = call.Namespace },
                    ["spec"] = spec,
                });
            }
        }
        catch (ApiErrorException refusal)
        {
            throw Internal(refusal.Message);
        }

        return Accepted;
    }

    private SubresourceAnswer Pause(SubresourceCall call, bool paused)
    {
        var instance = Instance(call);
        if (InstancePhase.Of(instance) != "Running")
        {
            throw Conflict("virtualmachineinstance", call.Name, "VMI is not running");
        }

        if (Conditions.IsTrue(instance.Json, "Paused") == paused)
        {
            throw Conflict("virtualmachineinstance", call.Name, paused ? "VMI is already paused" : "VMI is not paused");
        }

        if (!world.HasHandler(instance.NodeName))
        {
            throw Internal("dial tcp: connect: no route to host");
        }

        if (!IsDryRun(call))
        {
            pause(Names.Key(call.Namespace, call.Name), paused);
        }

        return Accepted;
    }

    private SubresourceAnswer CancelOfMachine(SubresourceCall call)
    {
        Machine(call);
        return CancelOfInstance(call);
    }

    /// <summary>Takes the mark off and nothing else: a migration under way goes on.</summary>
    private SubresourceAnswer CancelOfInstance(SubresourceCall call)
    {
        var instance = Instance(call);
        if (instance.Json.Text("status.evacuationNodeName") is not { Length: > 0 } marked)
        {
            return Ok;
        }

        var node = call.Body.Text("evacuationNodeName");
        if (world.Api.Get(ResourceTypes.Nodes, null, marked)?.Json.At("spec.taints") is JsonArray taints
            && taints.Any(taint => taint.Text("key") == world.DrainTaintKey))
        {
            throw ApiErrors.BadRequest($"cannot cancel evacuation: node {marked} has the drain taint {world.DrainTaintKey}");
        }

        if (node is { Length: > 0 } && node != marked)
        {
            throw Internal("the server rejected our request due to an error in our request");
        }

        if (!IsDryRun(call))
        {
            world.Update(world.Settings.ApiUser, instance, json => json.Child("status").Remove("evacuationNodeName"));
        }

        return Ok;
    }

    private StoredObject Machine(SubresourceCall call) => world.Api.Get(ResourceTypes.VirtualMachines, call.Namespace, call.Name)
        ?? throw NotFound("virtualmachine", call.Name);

    private StoredObject Instance(SubresourceCall call) => world.Api.Get(ResourceTypes.VirtualMachineInstances, call.Namespace, call.Name)
        ?? throw NotFound("virtualmachineinstance", call.Name);

    private void SetStrategy(StoredObject machine, string strategy) => world.Update(world.Settings.ApiUser, machine, json =>
    {
        var spec = json.Child("spec");
        if (spec["running"] is not null)
        {
            spec["running"] = strategy != RunStrategy.Halted;
        }
        else
        {
            spec["runStrategy"] = strategy;
        }
    });

    private static bool IsDryRun(SubresourceCall call) =>
        call.DryRun || (call.Body?["dryRun"] is JsonArray dryRun && dryRun.Any(each => (string?)each == "All"));

    private static ApiErrorException Conflict(string kind, string name, string why) => ApiErrorException.Create(
        409,
        "Conflict",
        $"Operation cannot be fulfilled on {kind}.kubevirt.io \"{name}\": {why}",
        ApiErrors.Details(name, "kubevirt.io", kind));

    private static ApiErrorException NotFound(string kind, string name) => ApiErrorException.Create(
        404, "NotFound", $"{kind}.kubevirt.io \"{name}\" not found", ApiErrors.Details(name, "kubevirt.io", kind));

    private static ApiErrorException Internal(string message) => ApiErrorException.Create(
        500,
        "InternalError",
        "Internal error occurred: " + message,
        new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = message }) });
}
