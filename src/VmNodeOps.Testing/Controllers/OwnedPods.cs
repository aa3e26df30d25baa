using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Pods that a controller makes from its template.</summary>
internal static class OwnedPods
{
    public static IEnumerable<StoredObject> Of(IClusterApi api, StoredObject owner) =>
        api.ListOwnedBy(owner.Uid).Where(item => ReferenceEquals(item.Type, ResourceTypes.Pods) && item.Controller()?.Uid == owner.Uid);

    public static JsonObject FromTemplate(StoredObject owner, string generateName)
    {
        var template = owner.Json["spec"].Child("template");
        var metadata = new JsonObject { ["generateName"] = generateName, ["namespace"] = owner.Namespace };
        foreach (var member in (string[])["labels", "annotations"])
        {
            if (template.Child("metadata").Child(member) is { } given)
            {
                metadata[member] = given.DeepClone();
            }
        }

        metadata["ownerReferences"] = new JsonArray(Reference(owner));
        return new JsonObject { ["metadata"] = metadata, ["spec"] = template.Child("spec")?.DeepClone() ?? new JsonObject() };
    }

    public static JsonObject Reference(StoredObject owner) => new()
    {
        ["apiVersion"] = owner.Type.ApiVersion,
        ["kind"] = owner.Type.Kind,
        ["name"] = owner.Name,
        ["uid"] = owner.Uid,
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };
}
