using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Discovery;

/// <summary>The plain documents of discovery: one for the groups, one for each group, one for each version.</summary>
internal static class DiscoveryDocuments
{
    public static JsonObject CoreVersions(string address) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = address }),
    };

    public static JsonObject GroupList(Catalog catalog) => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray(
            [.. catalog.Groups.Where(group => group.Group.Length > 0).GroupBy(group => group.Group).Select(group => (JsonNode)Versions(group))]),
    };

    public static JsonObject Group(Catalog catalog, string name)
    {
        var group = Versions(catalog.Groups.Where(served => served.Group == name).GroupBy(served => served.Group).Single());
        var document = new JsonObject { ["kind"] = "APIGroup", ["apiVersion"] = "v1" };
        foreach (var (key, value) in group)
        {
            document[key] = value!.DeepClone();
        }

        return document;
    }

    public static JsonObject ResourceList(ServedGroup group)
    {
        var resources = new JsonArray();
        foreach (var resource in group.Resources)
        {
            if (!resource.Aggregated)
            {
                resources.AddNode(Resource(resource));
            }

            foreach (var subresource in resource.Subresources)
            {
                resources.AddNode(Subresource(resource, subresource));
            }
        }

        var document = new JsonObject { ["kind"] = "APIResourceList" };
        if (group.Group.Length > 0)
        {
            // The core group's list has none.
            document["apiVersion"] = "v1";
        }

        document["groupVersion"] = group.GroupVersion;
        document["resources"] = resources;
        return document;
    }

    public static JsonArray Texts(IEnumerable<string> values) => [.. values.Select(value => (JsonNode)value)];

    private static JsonObject Versions(IGrouping<string, ServedGroup> group)
    {
        static JsonObject Version(ServedGroup served) => new() { ["groupVersion"] = served.GroupVersion, ["version"] = served.Version };
        return new JsonObject
        {
            ["name"] = group.Key,
            ["versions"] = new JsonArray([.. group.Select(served => (JsonNode)Version(served))]),
            ["preferredVersion"] = Version(group.First()),
        };
    }

    private static JsonObject Resource(ServedResource resource)
    {
        var type = resource.Type;
        var entry = new JsonObject
        {
            ["name"] = type.Plural,
            ["singularName"] = type.Singular,
            ["namespaced"] = type.Namespaced,
            ["kind"] = type.Kind,
            ["verbs"] = Texts(resource.Verbs),
        };
        if (type.ShortNames.Count > 0)
        {
            entry["shortNames"] = Texts(type.ShortNames);
        }

        if (type.Categories.Count > 0)
        {
            entry["categories"] = Texts(type.Categories);
        }

        if (resource.Stored)
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{type.Group}/{type.Version}/{type.Kind}"));
            entry["storageVersionHash"] = Convert.ToBase64String(hash.AsSpan(0, 8));
        }

        return entry;
    }

    private static JsonObject Subresource(ServedResource resource, ServedSubresource subresource)
    {
        var entry = new JsonObject
        {
            ["name"] = $"{resource.Type.Plural}/{subresource.Name}",
            ["singularName"] = "",
            ["namespaced"] = resource.Type.Namespaced,
        };
        if (subresource.Group is not null)
        {
            entry["group"] = subresource.Group;
            entry["version"] = subresource.Version;
        }

        entry["kind"] = subresource.Kind;
        entry["verbs"] = resource.Aggregated ? null : Texts(subresource.Verbs);
        return entry;
    }
}
