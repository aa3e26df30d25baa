using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api.Storage;

namespace VmNodeOps.Testing.Api;

/// <summary>One version of one object, as stored. Immutable: <see cref="Json"/> is shared by everybody and must not be changed.</summary>
/// <remarks>
/// <para>Writers go through <see cref="IClusterApi.Modify"/>, which hands out a copy.</para>
/// <para>What is kept is the bytes, with what indexes ask for beside them; the tree is made when somebody
/// looks into it, and let go afterwards: the trees of a hundred thousand pods would take five times the memory of their bytes. Because the tree
/// is read from bytes, its numbers convert to every numeric type, whatever type the writer set.</para>
/// </remarks>
internal sealed class StoredObject
{
    private static readonly Dictionary<string, string> NoLabels = [];

    private readonly byte[] _utf8;
    private WeakReference<JsonObject>? _json;

    public StoredObject(ResourceType type, JsonObject json, long revision)
    {
        Type = type;
        Revision = revision;
        var metadata = json["metadata"]!.AsObject();
        Name = (string)metadata["name"]!;
        Namespace = (string?)metadata["namespace"];
        Uid = (string)metadata["uid"]!;
        IsDeleting = metadata["deletionTimestamp"] is not null;
        Labels = metadata["labels"] is JsonObject { Count: > 0 } labels
            ? labels.ToDictionary(label => label.Key, label => (string?)label.Value ?? "", StringComparer.Ordinal)
            : NoLabels;
        Owners = OwnerReference.Read(metadata);
        IsReady = (json["status"] as JsonObject)?["conditions"] is JsonArray conditions
            && conditions.OfType<JsonObject>().FirstOrDefault(static condition => Text(condition, "type") == "Ready") is { } ready && Text(ready, "status") == "True";
        Phase = Text(json, "status", "phase");
        NodeName = ReferenceEquals(type, ResourceTypes.Pods) ? Text(json, "spec", "nodeName")
            : ReferenceEquals(type, ResourceTypes.VirtualMachineInstances) ? Text(json, "status", "nodeName")
            : null;
        _utf8 = JsonBytes.Write(json);
    }

    public ResourceType Type { get; }

    public string? Namespace { get; }

    public string Name { get; }

    public string Uid { get; }

    /// <summary>The cluster-wide revision of the write that made this version; <c>metadata.resourceVersion</c> as a number.</summary>
    public long Revision { get; }

    public bool IsDeleting { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>metadata.ownerReferences.</summary>
    public IReadOnlyList<OwnerReference> Owners { get; }

    /// <summary>For a pod spec.nodeName, for an instance of a virtual machine status.nodeName; null while it has none, and for every other type.</summary>
    public string? NodeName { get; }

    /// <summary>status.phase; null where there is none.</summary>
    public string? Phase { get; }

    /// <summary>Whether the condition Ready of its status is True.</summary>
    public bool IsReady { get; }

    /// <summary>The object with kind and apiVersion. Read only.</summary>
    public JsonObject Json
    {
        get
        {
            if (_json is { } known && known.TryGetTarget(out var json))
            {
                return json;
            }

            json = JsonBytes.Read(_utf8);
            _json = new WeakReference<JsonObject>(json);
            return json;
        }
    }

    /// <summary>The object as it goes over the wire, serialized once.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8;

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

    private static string? Text(JsonObject json, string section, string member) => json[section] is JsonObject inner ? Text(inner, member) : null;

    private static string? Text(JsonObject json, string member) =>
        json[member] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    public override string ToString() => Namespace is null ? $"{Type.Singular} {Name}" : $"{Type.Singular} {Namespace}/{Name}";
}
