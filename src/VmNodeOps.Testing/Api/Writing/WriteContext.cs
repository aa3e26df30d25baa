namespace VmNodeOps.Testing.Api.Writing;

/// <summary>Who writes, and whether it is only a rehearsal.</summary>
internal sealed record WriteContext(string User, bool DryRun = false)
{
    /// <summary>Null for the object itself, <c>status</c> for a write that changes only the status.</summary>
    public string? Subresource { get; init; }

    /// <summary>Whether the write came from outside, where a status of a type with a status subresource is not taken along.</summary>
    public bool SeparatesStatus { get; init; }
}
