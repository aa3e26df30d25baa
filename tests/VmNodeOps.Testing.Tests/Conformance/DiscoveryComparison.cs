using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Tests.Conformance;

/// <summary>
/// Discovery: a real server has more groups and resources than a simulation needs, so what ours lists must be what the real one lists under that
/// name, and what a client of this library needs must be there.
/// </summary>
internal static class DiscoveryComparison
{
    private static readonly string[] Needed =
    [
        "apps", "coordination.k8s.io", "policy", "storage.k8s.io", "authorization.k8s.io", "rbac.authorization.k8s.io", "nodes", "pods",
        "pods/eviction", "namespaces", "events", "leases", "poddisruptionbudgets", "volumeattachments", "selfsubjectaccessreviews", "deployments",
        "daemonsets", "virtualmachines", "virtualmachineinstances", "virtualmachineinstancemigrations", "kubevirts", "kubevirt.io",
        "subresources.kubevirt.io", "virtualmachines/start", "virtualmachines/migrate", "virtualmachineinstances/evacuate/cancel",
    ];

    public static IEnumerable<string> Compare(JsonObject recorded, JsonObject actual)
    {
        foreach (var (member, value) in recorded)
        {
            var differences = member switch
            {
                "groups" or "resources" or "items" => Entries(value!.AsArray(), actual[member] as JsonArray ?? [], "$." + member),
                // The address that the client came by.
                "serverAddressByClientCIDRs" => [],
                _ => Difference.Between(value, actual[member], "$." + member),
            };
            foreach (var difference in differences)
            {
                yield return difference;
            }
        }
    }

    /// <summary>The version is settable; build date and commit are a build's own.</summary>
    public static IEnumerable<string> Version(JsonObject recorded, JsonObject actual) =>
        recorded.Select(member => member.Key).Where(member => !actual.ContainsKey(member)).Select(member => $"$.{member}: missing")
            .Concat(((string[])["major", "minor", "gitVersion", "platform"]).SelectMany(member => Difference.Between(recorded[member], actual[member], "$." + member)));

    private static IEnumerable<string> Entries(JsonArray recorded, JsonArray actual, string path)
    {
        var byName = recorded.ToDictionary(NameOf, entry => entry!.AsObject());
        foreach (var entry in actual)
        {
            var name = NameOf(entry);
            var differences = byName.TryGetValue(name, out var counterpart)
                ? Entry(counterpart, entry!.AsObject(), $"{path}[{name}]")
                : [$"{path}[{name}]: not recorded"];
            foreach (var difference in differences)
            {
                yield return difference;
            }
        }

        var present = actual.Select(NameOf).ToHashSet();
        foreach (var missing in byName.Keys.Where(name => Needed.Contains(name) && !present.Contains(name)))
        {
            yield return $"{path}[{missing}]: missing";
        }
    }

    private static IEnumerable<string> Entry(JsonObject recorded, JsonObject actual, string path)
    {
        foreach (var member in recorded.Select(member => member.Key).Union(actual.Select(member => member.Key)))
        {
            var differences = member switch
            {
                // A hash by which a server's parts agree on storage; no client reads it.
                "storageVersionHash" => [],
                "versions" when recorded[member]![0]!["resources"] is not null => Versions(recorded[member]!.AsArray(), actual[member] as JsonArray ?? [], path),
                "versions" => Served(recorded[member]!.AsArray(), actual[member] as JsonArray ?? [], path),
                "subresources" => Entries(recorded[member] as JsonArray ?? [], actual[member] as JsonArray ?? [], path + ".subresources"),
                _ => Difference.Between(recorded[member], actual[member], $"{path}.{member}"),
            };
            foreach (var difference in differences)
            {
                yield return difference;
            }
        }
    }

    private static IEnumerable<string> Versions(JsonArray recorded, JsonArray actual, string path)
    {
        foreach (var version in actual)
        {
            var counterpart = recorded.FirstOrDefault(candidate => (string?)candidate!["version"] == (string?)version!["version"]);
            var differences = counterpart is null
                ? [$"{path}: version {version!["version"]} is not recorded"]
                : Entries(counterpart["resources"]!.AsArray(), version!["resources"]!.AsArray(), $"{path}.{version["version"]}");
            foreach (var difference in differences)
            {
                yield return difference;
            }
        }
    }

    /// <summary>Old versions of a group may be left out.</summary>
    private static IEnumerable<string> Served(JsonArray recorded, JsonArray actual, string path) =>
        actual.Count == 0
            ? [$"{path}: no version"]
            : actual.Where(version => !recorded.Any(candidate => JsonNode.DeepEquals(candidate, version))).Select(version => $"{path}: version {version} is not recorded");

    private static string NameOf(JsonNode? entry) =>
        (string?)entry!["name"] ?? (string?)entry["resource"] ?? (string?)entry["subresource"] ?? (string?)entry["metadata"]?["name"] ?? "";
}
