using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>KubeVirt's ClusterRoles for its users.</summary>
internal static class KubeVirtRoles
{
    private static readonly string[] Kinds =
        ["virtualmachines", "virtualmachineinstances", "virtualmachineinstancereplicasets", "virtualmachineinstancemigrations"];

    private static readonly string[] Read = ["get", "list", "watch"];
    private static readonly string[] Write = ["get", "delete", "create", "update", "patch", "list", "watch"];

    public static void Apply(IClusterApi api, KubeVirtProfile profile)
    {
        List<string> operations = ["virtualmachines/start", "virtualmachines/stop", "virtualmachines/restart",
            "virtualmachineinstances/pause", "virtualmachineinstances/unpause"];
        if (profile.CanCancelEvacuation)
        {
            operations.AddRange(["virtualmachines/evacuate/cancel", "virtualmachineinstances/evacuate/cancel"]);
        }

        var operate = Rule("subresources.kubevirt.io", operations, ["update"]);
        Create(api, "kubevirt.io:admin", operate, Rule("kubevirt.io", Kinds, [.. Write, "deletecollection"]));
        Create(api, "kubevirt.io:edit", (JsonObject)operate.DeepClone(), Rule("kubevirt.io", Kinds, Write));
        Create(api, "kubevirt.io:view", Rule("kubevirt.io", Kinds, Read));
        Create(
            api,
            "kubevirt.io:migrate",
            Rule("subresources.kubevirt.io", ["virtualmachines/migrate"], ["update"]),
            Rule("kubevirt.io", ["virtualmachineinstancemigrations"], [.. Write, "deletecollection"]));
    }

    private static void Create(IClusterApi api, string name, params JsonObject[] rules) => api.Create(ResourceTypes.ClusterRoles, new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { [Names.Component] = "" } },
        ["rules"] = new JsonArray([.. rules]),
    });

    private static JsonObject Rule(string group, IEnumerable<string> resources, IEnumerable<string> verbs) => new()
    {
        ["apiGroups"] = new JsonArray(group),
        ["resources"] = new JsonArray([.. resources.Select(each => (JsonNode)each)]),
        ["verbs"] = new JsonArray([.. verbs.Select(each => (JsonNode)each)]),
    };
}
