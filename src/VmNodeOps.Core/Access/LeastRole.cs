using System.Globalization;
using System.Text;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The least role that grants some rights: one ClusterRole, and a Role for each namespace to which rights are confined, with the namespace.</summary>
public static class LeastRole
{
    /// <summary>Writes the role as YAML for <c>kubectl apply</c>.</summary>
    /// <param name="name">The name of the roles.</param>
    /// <param name="rights">The rights, as <see cref="MaintenancePlan.Rights"/> has them. A node's name is left out, so that the role serves for every node.</param>
    /// <returns>YAML documents, sorted, so that the same rights give the same text.</returns>
    /// <exception cref="ArgumentException">The name cannot be that of a role.</exception>
    public static string ToYaml(string name, IEnumerable<AccessQuestion> rights)
    {
        ArgumentNullException.ThrowIfNull(rights);
        var role = new ObjectName(name).Name;
        var all = rights.Select(right => right with { Name = null }).Distinct().ToList();

        // What is granted everywhere need not be granted once more in a namespace.
        var needed = all.Where(right => right.Namespace is null || !all.Contains(right with { Namespace = null })).ToList();

        // Whoever applies the role makes the namespaces of its Roles, so that whoever has it need not be able to make any.
        var namespaces = needed.Select(right => right.Namespace).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        needed = namespaces.Count == 0 ? needed : [.. needed.Where(right => right is not { Verb: "create", Group: "", Resource: "namespaces" })];
        var made = namespaces.Select(ns => $"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {ns}\n");
        return string.Join("---\n", made.Concat(needed.GroupBy(right => right.Namespace ?? "").OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Document(role, group.Key, group))));
    }

    private static string Document(string name, string ns, IEnumerable<AccessQuestion> rights)
    {
        var text = new StringBuilder();
        text.Append("apiVersion: rbac.authorization.k8s.io/v1\n");
        text.Append(ns.Length == 0 ? "kind: ClusterRole\n" : "kind: Role\n");
        text.Append(CultureInfo.InvariantCulture, $"metadata:\n  name: {name}\n");
        text.Append(ns.Length == 0 ? "" : $"  namespace: {ns}\n").Append("rules:\n");
        foreach (var (group, resources, verbs) in Rules(rights))
        {
            text.Append(CultureInfo.InvariantCulture, $"  - apiGroups: [\"{group}\"]\n    resources: [{resources}]\n    verbs: [{verbs}]\n");
        }

        return text.ToString();
    }

    /// <summary>Resources of one group that need the same verbs share a rule.</summary>
    private static IEnumerable<(string Group, string Resources, string Verbs)> Rules(IEnumerable<AccessQuestion> rights) =>
        from resource in rights.GroupBy(right => (right.Group, Resource: RightsText.Resource(right)))
        let verbs = string.Join(", ", resource.Select(right => right.Verb).Distinct().Order(StringComparer.Ordinal))
        group resource.Key.Resource by (resource.Key.Group, Verbs: verbs) into rule
        let resources = string.Join(", ", rule.Order(StringComparer.Ordinal))
        orderby rule.Key.Group, resources
        select (rule.Key.Group, resources, rule.Key.Verbs);
}
