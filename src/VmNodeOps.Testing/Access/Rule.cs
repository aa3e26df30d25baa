using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Access;

/// <summary>One rule of a Role or ClusterRole.</summary>
internal sealed record Rule(
    IReadOnlyList<string> Verbs,
    IReadOnlyList<string> Groups,
    IReadOnlyList<string> Resources,
    IReadOnlyList<string> Names,
    IReadOnlyList<string> Paths)
{
    public static Rule Parse(JsonObject rule) => new(
        Texts(rule, "verbs"), Texts(rule, "apiGroups"), Texts(rule, "resources"), Texts(rule, "resourceNames"), Texts(rule, "nonResourceURLs"));

    public bool Covers(Attributes wanted)
    {
        if (!Verbs.Contains("*") && !Verbs.Contains(wanted.Verb))
        {
            return false;
        }

        if (wanted.Path is { } path)
        {
            return Paths.Any(pattern => Matches(pattern, path));
        }

        return (Groups.Contains("*") || Groups.Contains(wanted.Group))
            && Resources.Any(resource => CoversResource(resource, wanted))
            && (Names.Count == 0 || (!string.IsNullOrEmpty(wanted.Name) && Names.Contains(wanted.Name)));
    }

    // "*" covers subresources too; "*/scale" one subresource of everything; "pods" not pods/eviction.
    private static bool CoversResource(string resource, Attributes wanted) =>
        resource == "*" || resource == wanted.FullResource || (wanted.Subresource is not null && resource == $"*/{wanted.Subresource}");

    private static bool Matches(string pattern, string path) =>
        pattern == "*" || pattern == path || (pattern.EndsWith('*') && path.StartsWith(pattern[..^1], StringComparison.Ordinal));

    private static string[] Texts(JsonObject rule, string name) =>
        rule[name] is JsonArray values ? [.. values.Select(value => (string?)value ?? "")] : [];
}
