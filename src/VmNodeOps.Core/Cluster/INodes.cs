namespace VmNodeOps.Cluster;

/// <summary>Nodes.</summary>
public interface INodes : IClusterReader<Node>
{
    /// <summary>Changes a node: cordon, labels, annotations, taints.</summary>
    /// <param name="node">The very node; another of the same name is refused with <see cref="ClusterErrorCause.Conflict"/>.</param>
    /// <param name="change">What to change.</param>
    /// <param name="options">How to write; default: for real.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer; the write may have been applied.</param>
    /// <returns>The node as it is after the change.</returns>
    /// <exception cref="ClusterException">The server refused, or could not be asked.</exception>
    Task<Node> ChangeAsync(ObjectIdentity node, NodeChange change, WriteOptions? options = null, CancellationToken cancellationToken = default);
}

/// <summary>A change of a node; what is left null stays.</summary>
public sealed record NodeChange
{
    /// <summary>Cordon (true) or uncordon (false).</summary>
    public bool? Unschedulable { get; init; }

    /// <summary>Labels to set; a null value removes. Default none.</summary>
    public IReadOnlyDictionary<string, string?> Labels { get; init; } = new Dictionary<string, string?>();

    /// <summary>Annotations to set; a null value removes. Default none.</summary>
    public IReadOnlyDictionary<string, string?> Annotations { get; init; } = new Dictionary<string, string?>();

    /// <summary>The whole new list of taints; needs <see cref="ResourceVersion"/>, because the server keeps one list and foreign taints must not be lost.</summary>
    public IReadOnlyList<Taint>? Taints { get; init; }

    /// <summary>When given, the change is refused with <see cref="ClusterErrorCause.Conflict"/> if the node has changed since that version.</summary>
    public string? ResourceVersion { get; init; }
}
