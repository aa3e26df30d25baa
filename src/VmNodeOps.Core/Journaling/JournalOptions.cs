namespace VmNodeOps;

/// <summary>Where a run keeps what it found before its first write and how far it came, so that another run, from anywhere, can finish or undo it.</summary>
/// <remarks>
/// Kept in a ConfigMap of its own, one per node, because the Node itself may be deleted; the Node carries only a pointer (annotation <c>vmnodeops.io/journal</c>). It is
/// removed when the node is back in service.
/// </remarks>
public sealed record JournalOptions
{
    /// <summary>The namespace of the ConfigMaps.</summary>
    /// <value><c>vmnodeops</c>.</value>
    public string Namespace { get; init; } = "vmnodeops";

    /// <summary>Whether to make the namespace if it is missing.</summary>
    /// <value>True.</value>
    public bool CreateNamespace { get; init; } = true;
}
