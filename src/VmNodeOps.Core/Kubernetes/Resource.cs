using System.Text.Json.Serialization.Metadata;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes;

/// <summary>One kind of resource: where it is on the server, how it is read, and how it is selected by node.</summary>
internal sealed record Resource<TDto, T>
    where TDto : class, IObjectDto
    where T : ClusterObject
{
    public required ResourceKind Kind { get; init; }

    /// <summary>Gives how its JSON is read. Asked when it is needed: to make one takes a while, and few runs need every kind.</summary>
    public required Func<JsonTypeInfo<TDto>> TypeOf { get; init; }

    /// <summary>How its JSON is read.</summary>
    public JsonTypeInfo<TDto> Type => TypeOf();

    /// <summary>Null for an object that the port cannot tell; it is passed over.</summary>
    public required Func<TDto, T?> Map { get; init; }

    /// <summary>The field selector for a node; null if the server has none.</summary>
    public string? NodeField { get; init; }

    /// <summary>The label that names the node; null if there is none.</summary>
    public string? NodeLabel { get; init; }

    /// <summary>The field selector for a reason; null if the server has none.</summary>
    public string? ReasonField { get; init; }

    /// <summary>Where the node stands, when no selector of the server can find it.</summary>
    public Func<T, string>? NodeOf { get; init; }
}

/// <summary>A selection as the server is asked for it, and what remains to be sifted here.</summary>
internal sealed record ServerSelection
{
    private ServerSelection()
    {
    }

    public required string Path { get; init; }

    public string? FieldSelector { get; init; }

    public string? LabelSelector { get; init; }

    /// <summary>The node to sift by here; null when the server selects.</summary>
    public string? SiftedNode { get; init; }

    /// <summary>For messages: <c>pods on node worker-3</c>.</summary>
    public required string Words { get; init; }

    /// <exception cref="ArgumentException">A name in the selection is none, or the kind cannot be selected so.</exception>
    public static ServerSelection Of<TDto, T>(Resource<TDto, T> resource, Selection selection)
        where TDto : class, IObjectDto
        where T : ClusterObject
    {
        ArgumentNullException.ThrowIfNull(selection);
        var name = selection.Name is null ? null : new ObjectName(selection.Name).Name;
        var node = selection.NodeName is null ? null : new ObjectName(selection.NodeName).Name;
        if (node is not null && resource is { NodeField: null, NodeLabel: null, NodeOf: null })
        {
            throw new ArgumentException($"A {resource.Kind.Noun} cannot be selected by node. Leave {nameof(Selection.NodeName)} out.", nameof(selection));
        }

        if (selection.Reason is { } reason && (resource.ReasonField is null || reason.Length == 0 || !reason.All(char.IsAsciiLetterOrDigit)))
        {
            throw new ArgumentException($"A {resource.Kind.Noun} cannot be selected by the reason '{reason}'. Only events have one, of letters and digits.", nameof(selection));
        }

        return new ServerSelection
        {
            Path = ResourcePath.Collection(resource.Kind, selection.Namespace),
            FieldSelector = Join(
                name is null ? null : $"metadata.name={name}",
                Join(
                    node is not null && resource.NodeField is { } field ? $"{field}={node}" : null,
                    selection.Reason is null ? null : $"{resource.ReasonField}={selection.Reason}")),
            LabelSelector = Join(
                string.IsNullOrWhiteSpace(selection.Labels) ? null : selection.Labels.Trim(),
                node is not null && resource.NodeLabel is { } label ? $"{label}={node}" : null),
            SiftedNode = resource.NodeOf is null ? null : node,
            Words = $"{resource.Kind.Noun}s" + (selection.Namespace is { } ns && resource.Kind.IsNamespaced ? $" in namespace {ns}" : "") +
                (name is null ? "" : $" named {name}") + (node is null ? "" : $" on node {node}"),
        };
    }

    private static string? Join(string? first, string? second) => (first, second) switch
    {
        (null, var only) => only,
        (var only, null) => only,
        _ => $"{first},{second}",
    };
}
