using System.Globalization;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api;

/// <summary>The refusals of the API machinery, worded as a real server words them.</summary>
internal static class ApiErrors
{
    public static ApiErrorException NotFound(ResourceType type, string name) =>
        ApiErrorException.Create(404, "NotFound", $"{type.QualifiedName} \"{name}\" not found", Details(name, type.Group, type.Plural));

    public static ApiErrorException AlreadyExists(ResourceType type, string name) =>
        ApiErrorException.Create(409, "AlreadyExists", $"{type.QualifiedName} \"{name}\" already exists", Details(name, type.Group, type.Plural));

    /// <summary>An optimistic lock that failed.</summary>
    public static ApiErrorException Modified(ResourceType type, string name) =>
        Conflict(type, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiErrorException Conflict(ResourceType type, string name, string why) =>
        ApiErrorException.Create(
            409, "Conflict", $"Operation cannot be fulfilled on {type.QualifiedName} \"{name}\": {why}", Details(name, type.Group, type.Plural));

    /// <summary>A precondition of a delete or an eviction that does not hold; here the server names the kind, not the resource.</summary>
    public static ApiErrorException PreconditionFailed(ResourceType type, string name, string why)
    {
        var subject = type.Group.Length == 0 ? type.Kind : $"{type.Kind}.{type.Group}";
        return ApiErrorException.Create(
            409, "Conflict", $"Operation cannot be fulfilled on {subject} \"{name}\": {why}", Details(name, type.Group, type.Kind));
    }

    public static ApiErrorException Invalid(ResourceType type, string name, string reason, string message, string field)
    {
        var details = Details(name, type.Group, type.Kind);
        details["causes"] = new JsonArray(Cause(reason, message, field));
        var subject = type.Group.Length == 0 ? type.Kind : $"{type.Kind}.{type.Group}";
        return ApiErrorException.Create(422, "Invalid", $"{subject} \"{name}\" is invalid: {field}: {message}", details);
    }

    public static ApiErrorException BadRequest(string message) => ApiErrorException.Create(400, "BadRequest", message);

    public static ApiErrorException Forbidden(ResourceType type, string name, string why) =>
        ApiErrorException.Create(
            403, "Forbidden", $"{type.QualifiedName} \"{name}\" is forbidden: {why}", Details(name, type.Group, type.Plural));

    public static ApiErrorException NamespaceTerminating(ResourceType type, string name, string ns)
    {
        var details = Details(name, type.Group, type.Plural);
        details["causes"] = new JsonArray(Cause("NamespaceTerminating", $"namespace {ns} is being terminated", "metadata.namespace"));
        return ApiErrorException.Create(
            403,
            "Forbidden",
            $"{type.QualifiedName} \"{name}\" is forbidden: unable to create new content in namespace {ns} because it is being terminated",
            details);
    }

    public static ApiErrorException MethodNotAllowed() =>
        ApiErrorException.Create(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    public static ApiErrorException UnsupportedMediaType(string message) =>
        ApiErrorException.Create(415, "UnsupportedMediaType", message, []);

    public static ApiErrorException Expired(string message) => ApiErrorException.Create(410, "Expired", message);

    /// <summary>A read at a revision that this server has not reached.</summary>
    public static ApiErrorException TooLargeResourceVersion(long asked, long current, TimeSpan waited)
    {
        var details = new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject
            {
                ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version",
            }),
            ["retryAfterSeconds"] = 1,
        };
        var message = string.Create(CultureInfo.InvariantCulture, $"Timeout: Too large resource version: {asked}, current: {current}");
        return new ApiErrorException(ApiErrorException.Create(504, "Timeout", message, details).Status)
        {
            RetryAfterSeconds = 1, Delay = waited,
        };
    }

    public static JsonObject Details(string name, string group, string kind)
    {
        var details = new JsonObject();
        if (name.Length > 0)
        {
            details["name"] = name;
        }

        if (group.Length > 0)
        {
            details["group"] = group;
        }

        details["kind"] = kind;
        return details;
    }

    public static JsonObject Cause(string reason, string message, string field) =>
        new() { ["reason"] = reason, ["message"] = message, ["field"] = field };
}
