using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Discovery;

namespace VmNodeOps.Testing.Hosting;

/// <summary>A path that leads to a resource, and a method that is allowed on it.</summary>
internal sealed record Route(ServedResource Resource)
{
    public ResourceType Type => Resource.Type;

    /// <summary>The route of a request; null where a real server answers an unknown path in plain text.</summary>
    /// <exception cref="ApiErrorException">A path or a method that a real server refuses with a Status.</exception>
    public static Route? Find(Catalog catalog, RequestTarget target)
    {
        if (target.Group.Length > 0 && !catalog.HasGroup(target.Group))
        {
            return null;
        }

        var resource = catalog.Find(target.Group, target.Version, target.Resource);
        if (resource is null || !LeadsTo(resource, target))
        {
            return IsCustom(catalog, target.Group) ? null : throw RouteErrors.NotFound();
        }

        if (!AllowedMethods(resource, target).Contains(target.Method))
        {
            throw resource.Type.Custom && !resource.Aggregated
                ? RouteErrors.MethodNotAllowed(resource.Type, target.Verb)
                : RouteErrors.MethodNotAllowed();
        }

        return target.Name?.Length == 0 ? throw RouteErrors.NameMissing() : new Route(resource);
    }

    private static bool IsCustom(Catalog catalog, string group) => catalog.Groups.First(served => served.Group == group).Custom;

    /// <summary>Whether the path has the parts that the resource's scope asks for.</summary>
    private static bool LeadsTo(ServedResource resource, RequestTarget target)
    {
        if (target.Subresource is { } subresource && resource.Subresources.All(served => served.Name != subresource))
        {
            return false;
        }

        if (resource.Aggregated && target.Subresource is null)
        {
            return false;
        }

        var hasNamespace = target.Namespace is not null;
        return resource.Type.Namespaced
            ? hasNamespace || (target.Name is null && resource.Stored)
            : !hasNamespace || resource.Type == ResourceTypes.Namespaces;
    }

    private static string[] AllowedMethods(ServedResource resource, RequestTarget target)
    {
        if (target.Subresource is { } subresource)
        {
            return Methods(resource.Subresources.First(served => served.Name == subresource).Verbs);
        }

        if (!resource.Stored)
        {
            return target.Name is null ? ["POST"] : [];
        }

        if (target.Name is not null)
        {
            return ["GET", "PUT", "PATCH", "DELETE"];
        }

        // Across all namespaces one can only look.
        return resource.Type.Namespaced && target.Namespace is null ? ["GET"]
            : resource.Verbs.Contains("deletecollection") ? ["GET", "POST", "DELETE"]
            : ["GET", "POST"];
    }

    private static string[] Methods(IEnumerable<string> verbs) =>
        [.. verbs.Select(verb => verb switch { "get" => "GET", "create" => "POST", "update" => "PUT", "patch" => "PATCH", _ => "DELETE" })];
}
