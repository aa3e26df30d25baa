using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.KubeVirt;

namespace VmNodeOps.Testing;

/// <summary>Writes a described machine as a user would: as a VirtualMachine, an instance, or a replica set of instances.</summary>
internal sealed class MachineWriter(IClusterApi api)
{
    private readonly IClusterApi _api = api.As("kubernetes-admin");

    public void Write(SimulatedVirtualMachine machine)
    {
        switch (machine.Owner)
        {
            case SimulatedOwner.None:
                _api.Create(ResourceTypes.VirtualMachineInstances, Instance(machine));
                break;
            case SimulatedOwner.ReplicaSet:
                _api.Create(ResourceTypes.VirtualMachineInstanceReplicaSets, ReplicaSet(machine));
                break;
            default:
                WriteMachine(machine);
                break;
        }
    }

    /// <summary>The spec of the instance.</summary>
    public static JsonObject Spec(SimulatedVirtualMachine machine)
    {
        var spec = new JsonObject
        {
            ["domain"] = new JsonObject
            {
                ["devices"] = new JsonObject
                {
                    ["disks"] = new JsonArray([.. DiskNames(machine).Select(name => new JsonObject
                    {
                        ["disk"] = new JsonObject { ["bus"] = "virtio" },
                        ["name"] = name,
                    })]),
                    ["interfaces"] = new JsonArray(new JsonObject { ["masquerade"] = new JsonObject(), ["name"] = "default" }),
                },
                ["memory"] = new JsonObject { ["guest"] = machine.Memory },
            },
            ["networks"] = new JsonArray(new JsonObject { ["name"] = "default", ["pod"] = new JsonObject() }),
            ["terminationGracePeriodSeconds"] = (long)machine.TerminationGracePeriod.TotalSeconds,
            ["volumes"] = Volumes(machine),
        };
        Put(spec, "evictionStrategy", machine.EvictionStrategy?.ToString());
        Put(spec, "priorityClassName", machine.PriorityClass);
        Put(spec, "startStrategy", machine.IsPaused ? "Paused" : null);
        if (machine.NodeSelector.Count > 0)
        {
            spec["nodeSelector"] = Map(machine.NodeSelector);
        }

        if (machine.AffinityJson is { } affinity)
        {
            spec["affinity"] = JsonNode.Parse(affinity);
        }

        return spec;
    }

    private static IEnumerable<string> DiskNames(SimulatedVirtualMachine machine) =>
        machine.Volumes.Count == 0 ? ["system"] : machine.Volumes.Select(volume => volume.Name);

    private static JsonArray Volumes(SimulatedVirtualMachine machine)
    {
        if (machine.Volumes.Count == 0)
        {
            return new JsonArray(new JsonObject
            {
                ["containerDisk"] = new JsonObject { ["image"] = "registry.invalid/system:1" },
                ["name"] = "system",
            });
        }

        return new JsonArray([.. machine.Volumes.Select(volume =>
        {
            var claim = new JsonObject { ["claimName"] = SceneObjects.ClaimName(machine, volume) };
            if (volume.IsHotplugged)
            {
                claim["hotpluggable"] = true;
            }

            return new JsonObject { ["name"] = volume.Name, ["persistentVolumeClaim"] = claim };
        })]);
    }

    private static JsonObject Metadata(SimulatedVirtualMachine machine, bool named)
    {
        var metadata = new JsonObject();
        if (named)
        {
            metadata["name"] = machine.Name;
            metadata["namespace"] = machine.Namespace;
        }

        var labels = Map(machine.Labels);
        labels["kubevirt.io/vm"] = machine.Name;
        metadata["labels"] = labels;
        if (machine.Annotations.Count > 0)
        {
            metadata["annotations"] = Map(machine.Annotations);
        }

        return metadata;
    }

    private static JsonObject Instance(SimulatedVirtualMachine machine) =>
        new() { ["metadata"] = Metadata(machine, named: true), ["spec"] = Spec(machine) };

    private static JsonObject Template(SimulatedVirtualMachine machine) =>
        new() { ["metadata"] = Metadata(machine, named: false), ["spec"] = Spec(machine) };

    private static JsonObject ReplicaSet(SimulatedVirtualMachine machine) => new()
    {
        ["metadata"] = Metadata(machine, named: true),
        ["spec"] = new JsonObject
        {
            ["replicas"] = machine.Replicas,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["kubevirt.io/vm"] = machine.Name } },
            ["template"] = Template(machine),
        },
    };

    private void WriteMachine(SimulatedVirtualMachine machine)
    {
        var spec = new JsonObject { ["template"] = Template(machine) };
        if (machine.Owner == SimulatedOwner.VirtualMachineWithRunning)
        {
            spec["running"] = machine.RunStrategy != SimulatedRunStrategy.Halted;
        }
        else
        {
            spec["runStrategy"] = machine.RunStrategy.ToString();
        }

        var stored = _api.Create(
            ResourceTypes.VirtualMachines, new JsonObject { ["metadata"] = Metadata(machine, named: true), ["spec"] = spec });
        if (machine.RunStrategy == SimulatedRunStrategy.Manual && machine.Owner == SimulatedOwner.VirtualMachine)
        {
            StateRequests.Write(_api, stored, StateRequests.Start);
        }
    }

    private static void Put(JsonObject json, string name, string? value)
    {
        if (value is not null)
        {
            json[name] = value;
        }
    }

    private static JsonObject Map(IReadOnlyDictionary<string, string> values) =>
        new(values.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value)));
}
