using Microsoft.AspNetCore.Http;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Access;

/// <summary>Acting as somebody else by the Impersonate- headers, for those who may.</summary>
internal sealed class Impersonation(Authorizer authorizer)
{
    /// <summary>Who the request acts as: the caller itself without such headers.</summary>
    /// <exception cref="ApiErrorException">The caller may not impersonate, or names groups but no user.</exception>
    public UserInfo Resolve(UserInfo caller, IHeaderDictionary headers)
    {
        var user = headers["Impersonate-User"].ToString();
        string[] groups = [.. headers["Impersonate-Group"].Where(group => !string.IsNullOrEmpty(group)).Select(group => group!)];
        if (user.Length == 0)
        {
            return groups.Length == 0
                ? caller
                : throw ApiErrorException.Create(500, "InternalError", $"requested [{string.Join(' ', groups)}] without impersonating a user");
        }

        var account = user.StartsWith("system:serviceaccount:", StringComparison.Ordinal) ? user.Split(':') : [];
        if (account.Length == 4)
        {
            Check(caller, new Attributes { Verb = "impersonate", Resource = "serviceaccounts", Namespace = account[2], Name = account[3] });
        }
        else
        {
            Check(caller, new Attributes { Verb = "impersonate", Resource = "users", Name = user });
        }

        foreach (var group in groups)
        {
            Check(caller, new Attributes { Verb = "impersonate", Resource = "groups", Name = group });
        }

        if (groups.Length == 0 && account.Length == 4)
        {
            groups = ["system:serviceaccounts", $"system:serviceaccounts:{account[2]}"];
        }

        return user == AccessControl.Anonymous.Name ? AccessControl.Anonymous : AccessControl.Authenticated(user, groups);
    }

    private void Check(UserInfo caller, Attributes wanted)
    {
        var decision = authorizer.Decide(caller, wanted);
        if (!decision.Allowed)
        {
            throw Refusals.Forbidden(caller, wanted, decision.Reason);
        }
    }
}
