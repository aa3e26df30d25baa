using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api;

/// <summary>One version of one object, as stored. Immutable: <see cref="Json"/> is shared by everybody and must not be changed.</summary>
/// <remarks>Writers go through <see cref="IClusterApi.Modify"/>, which hands out a copy.</remarks>
internal sealed class StoredObject
{
    private byte[]? _utf8;

    public StoredObject(ResourceType type, JsonObject json, long revision)
    {
        Type = type;
        Json = json;
        Revision = revision;
        var metadata = json["metadata"]!.AsObject();
        Name = (string)metadata["name"]!;
        Namespace = (string?)metadata["namespace"];
        Uid = (string)metadata["uid"]!;
        IsDeleting = metadata["deletionTimestamp"] is not null;
        Labels = metadata["labels"] is JsonObject labels
            ? labels.ToDictionary(label => label.Key, label => (string?)label.Value ?? "", StringComparer.Ordinal)
            : [];
    }

    public ResourceType Type { get; }

    public string? Namespace { get; }

    public string Name { get; }

    public string Uid { get; }

    /// <summary>The cluster-wide revision of the write that made this version; <c>metadata.resourceVersion</c> as a number.</summary>
    public long Revision { get; }

    public bool IsDeleting { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>The object with kind and apiVersion. Read only.</summary>
    public JsonObject Json { get; }

    /// <summary>The object as it goes over the wire, serialized once.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8 ??= System.Text.Encoding.UTF8.GetBytes(Json.ToJsonString());

    /// <summary>The node at a dotted path (<c>spec.nodeName</c>), or null.</summary>
    public JsonNode? At(string path)
    {
        JsonNode? node = Json;
        foreach (var part in path.Split('.'))
        {
            node = (node as JsonObject)?[part];
        }

        return node;
    }

    public override string ToString() => Namespace is null ? $"{Type.Singular} {Name}" : $"{Type.Singular} {Namespace}/{Name}";
}
