using System.Text;
using VmNodeOps.Cluster;

namespace VmNodeOps.Kubernetes.Transport;

/// <summary>A kind of resource as the API names it.</summary>
internal sealed record ResourceKind
{
    /// <summary>Empty for the core group.</summary>
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Plural { get; init; }

    /// <summary>For messages: <c>volume attachment</c>.</summary>
    public required string Noun { get; init; }

    public required bool IsNamespaced { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public bool IsOfKubeVirt => Group.EndsWith("kubevirt.io", StringComparison.Ordinal);
}

/// <summary>The only place where a URL is made of names.</summary>
/// <remarks>
/// An empty name would turn the delete of one object into the delete of all, and a slash or question mark would lead elsewhere. <see cref="ObjectName"/>
/// lets none of these in; what is checked here is that a name is there at all, and that namespace and kind fit together.
/// </remarks>
internal static class ResourcePath
{
    /// <summary>The path of one object, or of its subresource.</summary>
    /// <exception cref="ArgumentException">The name does not fit the kind.</exception>
    public static string Of(ResourceKind kind, ObjectName name, string? subresource = null)
    {
        var path = new StringBuilder(Collection(kind, Checked(kind, name).Namespace)).Append('/').Append(Uri.EscapeDataString(name.Name));
        return subresource is null ? path.ToString() : path.Append('/').Append(subresource).ToString();
    }

    /// <summary>The path of all objects of a kind, in one namespace or in all.</summary>
    /// <exception cref="ArgumentException">The namespace is no name of one.</exception>
    public static string Collection(ResourceKind kind, string? ns)
    {
        var root = kind.Group.Length == 0 ? $"/api/{kind.Version}" : $"/apis/{kind.Group}/{kind.Version}";
        return ns is null || !kind.IsNamespaced ? $"{root}/{kind.Plural}" : $"{root}/namespaces/{Uri.EscapeDataString(CheckedNamespace(ns))}/{kind.Plural}";
    }

    /// <summary>Adds a query; parameters without a value are left out.</summary>
    public static string With(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var target = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in query)
        {
            if (value is not null)
            {
                target.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }

        return target.ToString();
    }

    private static ObjectName Checked(ResourceKind kind, ObjectName name)
    {
        if (name == default)
        {
            throw new ArgumentException($"The {kind.Noun} has no name. Make its ObjectName with one.", nameof(name));
        }

        return (kind.IsNamespaced, name.Namespace) switch
        {
            (true, null) => throw new ArgumentException($"The {kind.Noun} '{name.Name}' has no namespace, but lives in one. Give it.", nameof(name)),
            (false, not null) => throw new ArgumentException($"The {kind.Noun} '{name}' has a namespace, but lives in none. Leave it out.", nameof(name)),
            _ => name,
        };
    }

    private static string CheckedNamespace(string ns) => new ObjectName(ns, "any").Namespace!;
}
