using System.Text.RegularExpressions;

namespace VmNodeOps.Testing.Api.Rest;

/// <summary>Which names the server takes for new objects: DNS names, but for roles and bindings, which may be called almost anything.</summary>
internal static partial class NameValidation
{
    private const int LongestSubdomain = 253;
    private const int LongestLabel = 63;

    public static void Check(ResourceType type, string name)
    {
        if (type.Group == "rbac.authorization.k8s.io" || name.Length == 0)
        {
            return;
        }

        var isLabel = ReferenceEquals(type, ResourceTypes.Namespaces) || ReferenceEquals(type, ResourceTypes.Services);
        var longest = isLabel ? LongestLabel : LongestSubdomain;
        if (name.Length > longest)
        {
            throw Refuse(type, name, $"must be no more than {longest} characters");
        }

        if (isLabel && !Label().IsMatch(name))
        {
            throw Refuse(
                type, name,
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
                "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");
        }

        if (!isLabel && !Subdomain().IsMatch(name))
        {
            throw Refuse(
                type, name,
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an " +
                "alphanumeric character (e.g. 'example.com', regex used for validation is " +
                "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
        }
    }

    private static ApiErrorException Refuse(ResourceType type, string name, string why) =>
        ApiErrors.Invalid(type, name, "FieldValueInvalid", $"Invalid value: \"{name}\": {why}", "metadata.name");

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex Label();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();
}
