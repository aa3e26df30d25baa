using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Hosting;

/// <summary>Refusals that come before any object is looked at.</summary>
internal static class RouteErrors
{
    /// <summary>The group is served, the resource in it is not.</summary>
    public static ApiErrorException NotFound() =>
        ApiErrorException.Create(404, "NotFound", "the server could not find the requested resource", []);

    public static ApiErrorException MethodNotAllowed() =>
        ApiErrorException.Create(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    /// <summary>The same for custom resources, which say it in other words.</summary>
    public static ApiErrorException MethodNotAllowed(ResourceType type, string verb) =>
        ApiErrorException.Create(
            405,
            "MethodNotAllowed",
            $"{verb} is not supported on resources of kind \"{type.QualifiedName}\"",
            new JsonObject { ["group"] = type.Group, ["kind"] = type.Plural });

    public static ApiErrorException NotAcceptable() =>
        ApiErrorException.Create(406, "NotAcceptable", "only the following media types are accepted: application/json");

    /// <summary>A patch of a type that the route does not take.</summary>
    public static ApiErrorException UnsupportedPatch() =>
        ApiErrorException.Create(415, "UnsupportedMediaType", "415: Unsupported Media Type", []);

    public static ApiErrorException UnsupportedBody(params ReadOnlySpan<string> accepted) =>
        ApiErrorException.Create(
            415,
            "UnsupportedMediaType",
            $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", accepted.ToArray())}");

    public static ApiErrorException NameMissing() => ApiErrorException.Create(400, "BadRequest", "name must be provided");

    public static ApiErrorException TooLarge(int limit) =>
        ApiErrorException.Create(413, "RequestEntityTooLarge", $"Request entity too large: limit is {limit}");
}
