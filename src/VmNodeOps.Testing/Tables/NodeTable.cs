using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tables;

/// <summary>Nodes: readiness and schedulability in one word, roles from labels.</summary>
internal static class NodeTable
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    private static readonly TableDefinition Shared = TableCatalog.Aged(
        [new("Status", Description: "Whether the node is ready and takes pods."), new("Roles", Description: "The node's roles.")],
        (json, _) => [Status(json), Roles(json)]);

    public static TableDefinition Definition(int minor) => new(
        [
            .. Shared.Columns,
            new("Version", Description: "The kubelet's version."),
            new("Internal-IP", Priority: 1, Description: "The first internal address."),
            new("External-IP", Priority: 1, Description: "The first external address."),
            new("OS-Image", Priority: 1, Description: "The operating system."),
            new("Kernel-Version", Priority: 1, Description: "The kernel."),
            new("Container-Runtime", Priority: 1, Description: "The container runtime."),
        ],
        (json, context) =>
        [
            .. Shared.Cells(json, context),
            Info(json, "kubeletVersion") ?? "",
            Address(json, "InternalIP"),
            Address(json, "ExternalIP"),
            Info(json, "osImage") ?? Age.Unknown,
            Kernel(json, minor),
            Info(json, "containerRuntimeVersion") ?? Age.Unknown,
        ]);

    private static string Status(JsonObject json)
    {
        var ready = json.Condition("Ready") switch { null => "Unknown", "True" => "Ready", _ => "NotReady" };
        return json.Text("spec", "unschedulable") == "true" ? $"{ready},SchedulingDisabled" : ready;
    }

    private static string Roles(JsonObject json)
    {
        var roles = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in json.Texts("metadata", "labels"))
        {
            if (key.StartsWith(RolePrefix, StringComparison.Ordinal) && key.Length > RolePrefix.Length)
            {
                roles.Add(key[RolePrefix.Length..]);
            }
            else if (key == "kubernetes.io/role" && value.Length > 0)
            {
                roles.Add(value);
            }
        }

        return string.Join(',', roles).OrNone();
    }

    // Newer servers add the architecture.
    private static string Kernel(JsonObject json, int minor) => Info(json, "kernelVersion") is not { } kernel ? Age.Unknown
        : minor >= 35 && Info(json, "architecture") is { } architecture ? $"{kernel} ({architecture})"
        : kernel;

    private static string? Info(JsonObject json, string name) => json.Text("status", "nodeInfo", name) is { Length: > 0 } text ? text : null;

    private static string Address(JsonObject json, string type) =>
        json.Objects("status", "addresses").FirstOrDefault(address => address.Text("type") == type)?.Text("address").OrNone() ?? "<none>";
}
