namespace VmNodeOps.Cluster;

/// <summary>Which objects to list or watch; what is left null does not restrict.</summary>
/// <remarks>
/// <para>What the server can select, it selects: a name and a namespace of anything, labels of anything, the node of a pod, and the node of an instance by
/// its label <c>kubevirt.io/nodeName</c>. Volume attachments cannot be selected by node on any server (it answers 400): they are all paged
/// through, and only the selected ones are kept.</para>
/// </remarks>
public sealed record Selection
{
    /// <summary>Every object of the kind.</summary>
    public static Selection All { get; } = new();

    /// <summary>The namespace; null means all, and is ignored for nouns without one.</summary>
    public string? Namespace { get; init; }

    /// <summary>The name.</summary>
    public string? Name { get; init; }

    /// <summary>The node: of a pod <c>spec.nodeName</c>, of an instance <c>status.nodeName</c>, of an attachment <c>spec.nodeName</c>. Other nouns refuse it.</summary>
    public string? NodeName { get; init; }

    /// <summary>The reason of an Event: <c>FailedAttachVolume</c>. Other nouns refuse it.</summary>
    public string? Reason { get; init; }

    /// <summary>A label selector in Kubernetes' own syntax: <c>kubevirt.io=virt-launcher,tier in (a,b)</c>.</summary>
    public string? Labels { get; init; }

    /// <summary>One object of a namespace, or a cluster-wide one.</summary>
    public static Selection Named(ObjectName name) => new() { Namespace = name.Namespace, Name = name.Name };

    /// <summary>What is on a node.</summary>
    public static Selection OnNode(string nodeName) => new() { NodeName = nodeName };

    /// <summary>What is in a namespace.</summary>
    public static Selection InNamespace(string ns) => new() { Namespace = ns };
}
