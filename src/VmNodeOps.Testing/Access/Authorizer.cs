using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Access;

/// <summary>Decides by the Role and binding objects in the store, as a server with RBAC does.</summary>
internal sealed class Authorizer(IClusterApi api, AccessControl access)
{
    /// <summary>What every user has from the bindings that a server makes for itself.</summary>
    private static readonly Rule[] AuthenticatedRules =
    [
        new(["create"], ["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], [], []),
        new(["create"], ["authentication.k8s.io"], ["selfsubjectreviews"], [], []),
        new(["get"], [], [], [], ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/"]),
        // KubeVirt gives this to everybody who is known.
        new(["get"], ["subresources.kubevirt.io"], ["version", "guestfs"], [], []),
    ];

    private static readonly Rule[] PublicRules = [new(["get"], [], [], [], ["/healthz", "/livez", "/readyz", "/version", "/version/"])];

    /// <summary>Whether the user may, and by which binding.</summary>
    public Decision Decide(UserInfo user, Attributes wanted)
    {
        if (access.EverybodyMayDoEverything || user.Groups.Contains(AccessControl.Masters))
        {
            return new Decision(true, null);
        }

        var missing = new List<string>();
        foreach (var grant in Grants(user, wanted.Namespace, missing))
        {
            if (grant.Rule.Covers(wanted))
            {
                return new Decision(true, grant.Reason);
            }
        }

        return new Decision(false, missing.Count == 0 ? null : $"RBAC: [{string.Join(", ", missing)}]");
    }

    /// <summary>Every rule that the user has at the cluster scope and, when given, in a namespace.</summary>
    public IEnumerable<Grant> Grants(UserInfo user, string? ns, List<string>? missing = null)
    {
        foreach (var rule in user.Groups.Contains("system:authenticated") ? AuthenticatedRules.Concat(PublicRules) : PublicRules)
        {
            yield return new Grant(rule, null);
        }

        foreach (var grant in FromBindings(user, ResourceTypes.ClusterRoleBindings, null, missing))
        {
            yield return grant;
        }

        if (string.IsNullOrEmpty(ns))
        {
            yield break;
        }

        foreach (var grant in FromBindings(user, ResourceTypes.RoleBindings, ns, missing))
        {
            yield return grant;
        }
    }

    private IEnumerable<Grant> FromBindings(UserInfo user, ResourceType type, string? ns, List<string>? missing)
    {
        foreach (var binding in api.List(type, ns))
        {
            if (Subject(binding, user, ns) is not { } subject || binding.At("roleRef") is not JsonObject reference)
            {
                continue;
            }

            var kind = (string?)reference["kind"] ?? "";
            var name = (string?)reference["name"] ?? "";
            var role = kind == "ClusterRole" ? api.Get(ResourceTypes.ClusterRoles, null, name) : api.Get(ResourceTypes.Roles, ns, name);
            if (role is null)
            {
                missing?.Add($"{(kind == "ClusterRole" ? "clusterrole" : "role")}.rbac.authorization.k8s.io \"{name}\" not found");
                continue;
            }

            var place = ns is null ? binding.Name : $"{binding.Name}/{ns}";
            var reason = $"RBAC: allowed by {binding.Type.Kind} \"{place}\" of {kind} \"{name}\" to {subject}";
            foreach (var rule in role.At("rules") as JsonArray ?? [])
            {
                yield return new Grant(Rule.Parse(rule!.AsObject()), reason);
            }
        }
    }

    private static string? Subject(StoredObject binding, UserInfo user, string? ns)
    {
        foreach (var node in binding.At("subjects") as JsonArray ?? [])
        {
            var subject = node!.AsObject();
            var name = (string?)subject["name"] ?? "";
            switch ((string?)subject["kind"])
            {
                case "User" when name == user.Name:
                    return $"User \"{name}\"";
                case "Group" when user.Groups.Contains(name):
                    return $"Group \"{name}\"";
                case "ServiceAccount":
                    var place = (string?)subject["namespace"] ?? ns;
                    if (user.Name == $"system:serviceaccount:{place}:{name}")
                    {
                        return $"ServiceAccount \"{name}/{place}\"";
                    }

                    break;
            }
        }

        return null;
    }
}

/// <summary>An answer of the authorizer.</summary>
/// <param name="Reason">Which binding allows it, or what is wrong with the bindings; null when there is nothing to say.</param>
internal sealed record Decision(bool Allowed, string? Reason);

/// <summary>A rule that a user has, and where from.</summary>
internal sealed record Grant(Rule Rule, string? Reason);
