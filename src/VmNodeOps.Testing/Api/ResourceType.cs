namespace VmNodeOps.Testing.Api;

/// <summary>One kind of object that the simulated API server serves. The served ones are listed in <see cref="ResourceTypes"/>.</summary>
internal sealed record ResourceType
{
    /// <summary>The API group; empty for the core group.</summary>
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Kind { get; init; }

    /// <summary>The plural name, as in URLs: <c>pods</c>.</summary>
    public required string Plural { get; init; }

    public required string Singular { get; init; }

    public bool Namespaced { get; init; } = true;

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Whether <c>…/status</c> is a resource of its own, so that writes to the main one leave the status alone.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Whether the type comes from a CustomResourceDefinition: no strategic merge patch, status of deletes differs.</summary>
    public bool Custom { get; init; }

    /// <summary>Fields that a field selector may name besides metadata.name and metadata.namespace, as dotted paths.</summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The name as messages write it: <c>pods</c>, <c>leases.coordination.k8s.io</c>.</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public override string ToString() => QualifiedName;
}
