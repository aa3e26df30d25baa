using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Access;

/// <summary>What a server says to those who may not.</summary>
internal static class Refusals
{
    public static ApiErrorException Unauthorized() => ApiErrorException.Create(401, "Unauthorized", "Unauthorized");

    public static ApiErrorException Forbidden(UserInfo user, Attributes wanted, string? reason)
    {
        var details = new JsonObject();
        if (!string.IsNullOrEmpty(wanted.Name))
        {
            details["name"] = wanted.Name;
        }

        if (wanted.Group.Length > 0)
        {
            details["group"] = wanted.Group;
        }

        if (wanted.Resource.Length > 0)
        {
            details["kind"] = wanted.Resource;
        }

        var qualified = wanted.Group.Length == 0 ? wanted.Resource : $"{wanted.Resource}.{wanted.Group}";
        var what = wanted.Path is not null ? "forbidden"
            : string.IsNullOrEmpty(wanted.Name) ? $"{qualified} is forbidden"
            : $"{qualified} \"{wanted.Name}\" is forbidden";
        // The message ends with ": reason" even when a server has no more to say than that bindings are broken.
        var why = reason is null ? "" : $": {reason}";
        return ApiErrorException.Create(403, "Forbidden", $"{what}: {Sentence(user, wanted)}{why}", details);
    }

    private static string Sentence(UserInfo user, Attributes wanted)
    {
        if (wanted.Path is not null)
        {
            return $"User \"{user.Name}\" cannot {wanted.Verb} path \"{wanted.Path}\"";
        }

        var scope = string.IsNullOrEmpty(wanted.Namespace) ? "at the cluster scope" : $"in the namespace \"{wanted.Namespace}\"";
        return $"User \"{user.Name}\" cannot {wanted.Verb} resource \"{wanted.FullResource}\" in API group \"{wanted.Group}\" {scope}";
    }
}
