using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Discovery;

/// <summary>All of discovery in one document, as clients ask for it since 1.26: once for /api, once for /apis.</summary>
internal static class AggregatedDiscovery
{
    /// <param name="aggregatedAnswers">Whether the server behind this one answers: what is known of it is stale if not.</param>
    public static JsonObject Document(Catalog catalog, bool core, string version, bool aggregatedAnswers) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = $"apidiscovery.k8s.io/{version}",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray(
        [
            .. catalog.Groups.Where(group => group.Group.Length == 0 == core).GroupBy(group => group.Group).Select(group => (JsonNode)Group(group, aggregatedAnswers)),
        ]),
    };

    private static JsonObject Group(IGrouping<string, ServedGroup> group, bool aggregatedAnswers) => new()
    {
        ["metadata"] = group.Key.Length == 0 ? [] : new JsonObject { ["name"] = group.Key },
        ["versions"] = new JsonArray([.. group.Select(served => (JsonNode)Version(served, served.Aggregated && !aggregatedAnswers))]),
    };

    private static JsonObject Version(ServedGroup group, bool stale) => new()
    {
        ["version"] = group.Version,
        ["resources"] = new JsonArray([.. group.Resources.Select(resource => (JsonNode)Resource(resource))]),
        ["freshness"] = stale ? "Stale" : "Current",
    };

    private static JsonObject Resource(ServedResource resource)
    {
        var type = resource.Type;
        var entry = new JsonObject
        {
            ["resource"] = type.Plural,
            ["responseKind"] = resource.Aggregated ? Kind("", "", "") : Kind(type.Custom ? type.Group : "", type.Custom ? type.Version : "", type.Kind),
            ["scope"] = type.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = resource.Aggregated ? "" : type.Singular,
            ["verbs"] = resource.Aggregated ? null : DiscoveryDocuments.Texts(resource.Verbs),
        };
        if (type.ShortNames.Count > 0)
        {
            entry["shortNames"] = DiscoveryDocuments.Texts(type.ShortNames);
        }

        if (type.Categories.Count > 0)
        {
            entry["categories"] = DiscoveryDocuments.Texts(type.Categories);
        }

        if (resource.Subresources.Count > 0)
        {
            entry["subresources"] = new JsonArray([.. resource.Subresources.Select(subresource => (JsonNode)Subresource(resource, subresource))]);
        }

        return entry;
    }

    private static JsonObject Subresource(ServedResource resource, ServedSubresource subresource) => new()
    {
        ["subresource"] = subresource.Name,
        ["responseKind"] = resource.Type.Custom && !resource.Aggregated
            ? Kind(resource.Type.Group, resource.Type.Version, subresource.Kind)
            : Kind(subresource.Group ?? "", subresource.Version ?? "", subresource.Kind),
        ["verbs"] = resource.Aggregated ? null : DiscoveryDocuments.Texts(subresource.Verbs),
    };

    private static JsonObject Kind(string group, string version, string kind) =>
        new() { ["group"] = group, ["version"] = version, ["kind"] = kind };
}
