namespace VmNodeOps.Testing.Access;

/// <summary>What somebody wants to do, as the authorizer sees it.</summary>
internal sealed record Attributes
{
    public required string Verb { get; init; }

    /// <summary>Set for everything that is no resource: <c>/version</c>.</summary>
    public string? Path { get; init; }

    public string Group { get; init; } = "";

    public string Resource { get; init; } = "";

    public string? Subresource { get; init; }

    public string? Namespace { get; init; }

    public string? Name { get; init; }

    /// <summary>As roles and messages write it: <c>pods/eviction</c>.</summary>
    public string FullResource => Subresource is null ? Resource : $"{Resource}/{Subresource}";
}
