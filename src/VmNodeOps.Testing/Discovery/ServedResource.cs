using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Discovery;

/// <summary>A resource as discovery lists it and as routing knows it, with its subresources.</summary>
internal sealed record ServedResource
{
    public required ResourceType Type { get; init; }

    public IReadOnlyList<string> Verbs { get; init; } = [];

    public IReadOnlyList<ServedSubresource> Subresources { get; init; } = [];

    /// <summary>Whether objects of it are stored: reviews are not.</summary>
    public bool Stored { get; init; } = true;

    /// <summary>Answered by KubeVirt's own server behind the API server, which lists neither kind nor verbs.</summary>
    public bool Aggregated { get; init; }
}

/// <summary>A subresource; group, version and kind are given where they differ from the resource's own.</summary>
internal sealed record ServedSubresource(string Name, string Kind, IReadOnlyList<string> Verbs)
{
    public string? Group { get; init; }

    public string? Version { get; init; }
}

/// <summary>One group in one version.</summary>
internal sealed record ServedGroup(string Group, string Version, IReadOnlyList<ServedResource> Resources)
{
    public string GroupVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Whether another server behind this one answers for it.</summary>
    public bool Aggregated => Resources.Any(resource => resource.Aggregated);

    /// <summary>Whether it is served by definitions of custom resources, whose unknown paths are answered in plain text.</summary>
    public bool Custom => Group.EndsWith("kubevirt.io", StringComparison.Ordinal);
}
