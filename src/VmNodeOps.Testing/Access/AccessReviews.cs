using System.Text.Json;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Access;

/// <summary>Answers "may I", "may they", "what may I" and "who am I". Reviews are answered and forgotten.</summary>
internal sealed class AccessReviews(Authorizer authorizer)
{
    /// <exception cref="ApiErrorException">The review is not well-formed.</exception>
    public JsonObject Answer(ResourceType type, UserInfo user, string? ns, ReadOnlyMemory<byte> body)
    {
        var review = Parse(type, body);
        var spec = review["spec"] as JsonObject ?? [];
        var status = type.Kind switch
        {
            "SelfSubjectReview" => new JsonObject { ["userInfo"] = UserInfoOf(user) },
            "SelfSubjectRulesReview" => RulesOf(user, (string?)spec["namespace"]),
            "SelfSubjectAccessReview" => Decide(type, user, spec),
            _ => Decide(type, Subject(type, spec, ns), spec),
        };
        review["metadata"] ??= new JsonObject();
        review["status"] = status;
        return review;
    }

    private static JsonObject Parse(ResourceType type, ReadOnlyMemory<byte> body)
    {
        JsonObject? review;
        try
        {
            review = JsonNode.Parse(body.Span) as JsonObject;
        }
        catch (JsonException)
        {
            review = null;
        }

        if (review is null)
        {
            throw ApiErrorException.Create(400, "BadRequest", $"the object provided is unrecognized (must be of type {type.Kind})");
        }

        var ordered = new JsonObject { ["kind"] = type.Kind, ["apiVersion"] = type.ApiVersion };
        foreach (var name in (string[])["metadata", "spec"])
        {
            if (review[name] is { } part)
            {
                ordered[name] = part.DeepClone();
            }
        }

        return ordered;
    }

    private static UserInfo Subject(ResourceType type, JsonObject spec, string? ns)
    {
        var name = (string?)spec["user"] ?? "";
        string[] groups = spec["groups"] is JsonArray array ? [.. array.Select(group => (string?)group ?? "")] : [];
        if (name.Length == 0 && groups.Length == 0)
        {
            throw Invalid(type, "spec.user", "Invalid value: \"\": at least one of user or group must be specified");
        }

        if (type.Kind == "LocalSubjectAccessReview" && (string?)spec["resourceAttributes"]?["namespace"] != ns)
        {
            throw Invalid(type, "spec.resourceAttributes.namespace", "Invalid value: must match metadata.namespace");
        }

        return new UserInfo(name, groups);
    }

    private JsonObject Decide(ResourceType type, UserInfo user, JsonObject spec)
    {
        var resource = spec["resourceAttributes"] as JsonObject;
        var path = spec["nonResourceAttributes"] as JsonObject;
        if (resource is null == path is null)
        {
            throw Invalid(
                type,
                "spec.resourceAttributes",
                "Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }

        var decision = authorizer.Decide(user, resource is null
            ? new Attributes { Verb = Text(path!, "verb"), Path = Text(path!, "path") }
            : new Attributes
            {
                Verb = Text(resource, "verb"),
                Group = Text(resource, "group"),
                Resource = Text(resource, "resource"),
                Subresource = Text(resource, "subresource") is { Length: > 0 } subresource ? subresource : null,
                Namespace = Text(resource, "namespace"),
                Name = Text(resource, "name"),
            });
        var status = new JsonObject { ["allowed"] = decision.Allowed };
        if (decision.Reason is not null)
        {
            status["reason"] = decision.Reason;
        }

        return status;
    }

    private JsonObject RulesOf(UserInfo user, string? ns)
    {
        var resources = new JsonArray();
        var paths = new JsonArray();
        if (user.Groups.Contains(AccessControl.Masters))
        {
            resources.AddNode(new JsonObject { ["verbs"] = new JsonArray("*"), ["apiGroups"] = new JsonArray("*"), ["resources"] = new JsonArray("*") });
            paths.AddNode(new JsonObject { ["verbs"] = new JsonArray("*"), ["nonResourceURLs"] = new JsonArray("*") });
        }

        foreach (var rule in authorizer.Grants(user, ns).Select(grant => grant.Rule))
        {
            if (rule.Resources.Count > 0)
            {
                var entry = new JsonObject { ["verbs"] = Texts(rule.Verbs), ["apiGroups"] = Texts(rule.Groups), ["resources"] = Texts(rule.Resources) };
                if (rule.Names.Count > 0)
                {
                    entry["resourceNames"] = Texts(rule.Names);
                }

                resources.AddNode(entry);
            }

            if (rule.Paths.Count > 0)
            {
                paths.AddNode(new JsonObject { ["verbs"] = Texts(rule.Verbs), ["nonResourceURLs"] = Texts(rule.Paths) });
            }
        }

        return new JsonObject { ["resourceRules"] = resources, ["nonResourceRules"] = paths, ["incomplete"] = false };
    }

    private static JsonObject UserInfoOf(UserInfo user) => new() { ["username"] = user.Name, ["groups"] = Texts(user.Groups) };

    private static string Text(JsonObject node, string name) => (string?)node[name] ?? "";

    private static JsonArray Texts(IEnumerable<string> values) => [.. values.Select(value => (JsonNode)value)];

    private static ApiErrorException Invalid(ResourceType type, string field, string what) => ApiErrorException.Create(
        422,
        "Invalid",
        $"{type.Kind}.{type.Group} \"\" is invalid: {field}: {what}",
        new JsonObject
        {
            ["group"] = type.Group,
            ["kind"] = type.Kind,
            ["causes"] = new JsonArray(new JsonObject { ["reason"] = "FieldValueInvalid", ["message"] = what, ["field"] = field }),
        });
}
