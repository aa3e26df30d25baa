using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing;

/// <summary>The stored objects, read and changed past HTTP: for setting scenes and for judging results. Not in the request log.</summary>
/// <remarks>Resources go by their plural names (<c>pods</c>, <c>virtualmachineinstances</c>). What is given out are copies. All members are thread-safe.</remarks>
public sealed class ClusterObjects
{
    private const string User = "kubernetes-admin";
    private readonly IClusterApi _api;

    internal ClusterObjects(IClusterApi api) => _api = api.As(User);

    /// <summary>An object; null if there is none.</summary>
    public JsonObject? Get(string resource, string name, string? ns = "default")
    {
        var type = Type(resource);
        return _api.Get(type, type.Namespaced ? ns : null, name)?.Json.DeepClone().AsObject();
    }

    /// <summary>The text of a field by its dotted path, as <c>status.phase</c>; null if there is no such object, field or text.</summary>
    public string? Text(string resource, string name, string path, string? ns = "default")
    {
        JsonNode? node = Get(resource, name, ns);
        foreach (var part in path.Split('.'))
        {
            node = (node as JsonObject)?[part];
        }

        return node is JsonValue value ? value.ToString() : null;
    }

    /// <summary>All of a resource, of all namespaces or of one, by namespace and name.</summary>
    public IReadOnlyList<JsonObject> List(string resource, string? ns = null) =>
        [.. _api.List(Type(resource), ns).Select(stored => stored.Json.DeepClone().AsObject())];

    /// <summary>The names of all of a resource that satisfy a condition.</summary>
    public IReadOnlyList<string> Names(string resource, Func<JsonObject, bool>? condition = null, string? ns = null) =>
    [
        .. _api.List(Type(resource), ns).Where(stored => condition is null || condition(stored.Json.DeepClone().AsObject()))
            .Select(stored => stored.Name),
    ];

    /// <summary>The status of a condition in <c>status.conditions</c>; null if there is none of that type.</summary>
    public string? Condition(string resource, string name, string type, string? ns = "default") =>
        (Get(resource, name, ns)?["status"]?["conditions"] as JsonArray)?
            .FirstOrDefault(condition => (string?)condition?["type"] == type)?["status"]?.ToString();

    /// <summary>Creates an object, with all admission.</summary>
    /// <param name="json">With kind and apiVersion.</param>
    public JsonObject Create(JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var (kind, version) = ((string?)json["kind"], (string?)json["apiVersion"]);
        var type = ResourceTypes.All.FirstOrDefault(type => type.Kind == kind && type.ApiVersion == version)
            ?? throw new ArgumentException($"No such kind is served: {version} {kind}.", nameof(json));
        return _api.Create(type, json.DeepClone().AsObject()).Json.DeepClone().AsObject();
    }

    /// <summary>Changes an object, metadata, spec and status alike.</summary>
    /// <returns>Whether there is such an object.</returns>
    public bool Change(string resource, string name, Action<JsonObject> change, string? ns = "default")
    {
        ArgumentNullException.ThrowIfNull(change);
        var type = Type(resource);
        return _api.Modify(type, type.Namespaced ? ns : null, name, change) is not null;
    }

    /// <summary>Deletes an object.</summary>
    /// <param name="resource">The plural name.</param>
    /// <param name="name">The object's name.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="force">Whether with a grace of 0, which takes a pod object away at once.</param>
    /// <returns>Whether there was such an object.</returns>
    public bool Delete(string resource, string name, string? ns = "default", bool force = false)
    {
        var type = Type(resource);
        return _api.Delete(type, type.Namespaced ? ns : null, name, force ? DeleteRequest.Force : null) is not null;
    }

    private static ResourceType Type(string resource) => ResourceTypes.All.FirstOrDefault(type => type.Plural == resource)
        ?? throw new ArgumentException($"No such resource is served: {resource}.", nameof(resource));
}
