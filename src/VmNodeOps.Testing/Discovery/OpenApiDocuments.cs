using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Discovery;

/// <summary>
/// As much of OpenAPI v3 as kubectl asks before it creates or applies: which kinds there are, and that the server itself checks fields
/// (<c>fieldValidation</c>). Without it kubectl refuses to send what it could not check; it holds no schemas.
/// </summary>
internal static class OpenApiDocuments
{
    private const string Root = "/openapi/v3/";

    public static JsonObject Index(Catalog catalog, string version)
    {
        var paths = new JsonObject();
        foreach (var group in catalog.Groups.Where(group => group.Resources.Any(resource => resource.Stored)))
        {
            paths[PathOf(group)] = new JsonObject { ["serverRelativeURL"] = $"{Root}{PathOf(group)}?hash={Uri.EscapeDataString(version)}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    /// <summary>The document of one group version; null if the path is none.</summary>
    public static JsonObject? Find(Catalog catalog, string path, string version) =>
        path.StartsWith(Root, StringComparison.Ordinal) && catalog.Groups.FirstOrDefault(group => PathOf(group) == path[Root.Length..]) is { } group
            ? Document(group, version)
            : null;

    private static string PathOf(ServedGroup group) => group.Group.Length == 0 ? $"api/{group.Version}" : $"apis/{group.GroupVersion}";

    private static JsonObject Document(ServedGroup group, string version)
    {
        var paths = new JsonObject();
        foreach (var resource in group.Resources.Where(resource => resource.Stored))
        {
            var scope = resource.Type.Namespaced ? "namespaces/{namespace}/" : "";
            paths[$"/{PathOf(group)}/{scope}{resource.Type.Plural}/{{name}}"] = new JsonObject { ["patch"] = Patch(resource) };
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = version },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = new JsonObject() },
        };
    }

    private static JsonObject Patch(ServedResource resource) => new()
    {
        ["parameters"] = new JsonArray(Parameter("dryRun"), Parameter("fieldManager"), Parameter("fieldValidation"), Parameter("force")),
        ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
        ["x-kubernetes-action"] = "patch",
        ["x-kubernetes-group-version-kind"] = new JsonObject
        {
            ["group"] = resource.Type.Group,
            ["kind"] = resource.Type.Kind,
            ["version"] = resource.Type.Version,
        },
    };

    private static JsonObject Parameter(string name) =>
        new() { ["in"] = "query", ["name"] = name, ["schema"] = new JsonObject { ["type"] = "string", ["uniqueItems"] = true } };
}
