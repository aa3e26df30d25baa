using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Watching;

/// <summary>What one line of a watch said, or how the watch ended.</summary>
internal sealed record WatchNews<T>
    where T : ClusterObject
{
    /// <summary>The kind of the line; null for the end.</summary>
    public WatchLineKind? Kind { get; init; }

    /// <summary>The object; null for an event of one that the port cannot tell.</summary>
    public T? Item { get; init; }

    /// <summary>The server's count that the line carries; empty if it carries none.</summary>
    public string Version
    {
        get;
        init => (field, Count) = (value, VersionCount.Of(value));
    } = "";

    /// <summary>The same as a number; null if it is none.</summary>
    public ulong? Count { get; private init; }

    /// <summary>Whether this bookmark ends the telling of the present state.</summary>
    public bool EndsReading { get; init; }

    /// <summary>What the server says is wrong.</summary>
    public StatusDto? Refusal { get; init; }

    /// <summary>At the end: whether what came last could not be read.</summary>
    public bool IsBroken { get; init; }

    /// <summary>At the end: whether it was cut because nothing at all had come for too long.</summary>
    public bool FellSilent { get; init; }
}
