using System.Globalization;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>The instance that a machine or a replica set asks for.</summary>
internal static class InstanceTemplate
{
    public static JsonObject Of(StoredObject machine)
    {
        var generation = machine.Json.Number("metadata.generation") ?? 1;
        var instance = Make(machine);
        instance["metadata"]!["name"] = machine.Name;
        instance.SetAnnotation("kubevirt.io/vm-generation", generation.ToString(CultureInfo.InvariantCulture));
        instance.AddFinalizer(Names.MachineFinalizer);
        instance["status"] = new JsonObject
        {
            ["virtualMachineRevisionName"] = string.Create(CultureInfo.InvariantCulture, $"revision-start-vm-{machine.Uid}-{generation}"),
        };
        return instance;
    }

    public static JsonObject OfReplicaSet(StoredObject set)
    {
        var instance = Make(set);
        instance["metadata"]!["generateName"] = set.Name;
        return instance;
    }

    private static JsonObject Make(StoredObject owner)
    {
        var template = owner.Json.At("spec.template");
        var metadata = new JsonObject { ["namespace"] = owner.Namespace };
        foreach (var field in new[] { "labels", "annotations" })
        {
            if (template.At("metadata." + field) is { } value)
            {
                metadata[field] = value.DeepClone();
            }
        }

        metadata["ownerReferences"] = new JsonArray(owner.OwnerReference());
        return new JsonObject
        {
            ["apiVersion"] = "kubevirt.io/v1",
            ["kind"] = "VirtualMachineInstance",
            ["metadata"] = metadata,
            ["spec"] = template.At("spec")?.DeepClone() ?? new JsonObject(),
        };
    }
}
