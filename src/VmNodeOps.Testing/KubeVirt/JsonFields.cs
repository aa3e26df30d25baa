using System.Globalization;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>Reads and writes of single fields, as KubeVirt's components do them on objects that may lack the way there.</summary>
internal static class JsonFields
{
    /// <summary>The text at a dotted path; null where there is none or where it is no text.</summary>
    public static string? Text(this JsonNode? node, string path) =>
        node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static long? Number(this JsonNode? node, string path) => node.At(path) is JsonValue value && value.TryGetValue<long>(out var number)
        ? number
        : node.At(path) is JsonValue small && small.TryGetValue<int>(out var narrow) ? narrow : null;

    public static bool Flag(this JsonNode? node, string path) =>
        node.At(path) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static JsonNode? At(this JsonNode? node, string path)
    {
        foreach (var part in path.Split('.'))
        {
            node = (node as JsonObject)?[part];
        }

        return node;
    }

    /// <summary>The member as an object, made when it is missing.</summary>
    public static JsonObject Child(this JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
        {
            parent[name] = child = [];
        }

        return child;
    }

    public static JsonArray Items(this JsonObject parent, string name)
    {
        if (parent[name] is not JsonArray items)
        {
            parent[name] = items = [];
        }

        return items;
    }

    public static string? Label(this StoredObject stored, string key) => stored.Labels.GetValueOrDefault(key);

    public static string? Label(this JsonObject json, string key) => (string?)(json["metadata"]?["labels"] as JsonObject)?[key];

    public static string? Annotation(this StoredObject stored, string key) => stored.Json.Annotation(key);

    public static string? Annotation(this JsonObject json, string key) => (string?)(json["metadata"]?["annotations"] as JsonObject)?[key];

    /// <summary>Sets a label, or takes it off when the value is null.</summary>
    public static void SetLabel(this JsonObject json, string key, string? value) => SetIn(json.Child("metadata"), "labels", key, value);

    /// <summary>Sets an annotation, or takes it off when the value is null.</summary>
    public static void SetAnnotation(this JsonObject json, string key, string? value) => SetIn(json.Child("metadata"), "annotations", key, value);

    public static bool HasFinalizer(this StoredObject stored, string finalizer) =>
        (stored.Json["metadata"]!["finalizers"] as JsonArray)?.Any(each => (string?)each == finalizer) == true;

    public static void AddFinalizer(this JsonObject json, string finalizer)
    {
        var finalizers = json.Child("metadata").Items("finalizers");
        if (!finalizers.Any(each => (string?)each == finalizer))
        {
            finalizers.AddNode(finalizer);
        }
    }

    public static void RemoveFinalizer(this JsonObject json, string finalizer)
    {
        var metadata = json.Child("metadata");
        if (metadata["finalizers"] is not JsonArray finalizers)
        {
            return;
        }

        var left = finalizers.Select(each => (string)each!).Where(each => each != finalizer).ToArray();
        if (left.Length == 0)
        {
            metadata.Remove("finalizers");
        }
        else
        {
            metadata["finalizers"] = new JsonArray([.. left.Select(each => (JsonNode)each)]);
        }
    }

    /// <summary>The UID of the controlling owner, or null.</summary>
    public static string? OwnerUid(this StoredObject stored) => stored.Owner()?.Text("uid");

    /// <summary>The controlling owner's reference, or null.</summary>
    public static JsonObject? Owner(this StoredObject stored) => (stored.Json["metadata"]!["ownerReferences"] as JsonArray)?
        .OfType<JsonObject>().FirstOrDefault(owner => owner.Flag("controller"));

    public static JsonObject OwnerReference(this StoredObject owner) => new()
    {
        ["apiVersion"] = owner.Type.ApiVersion,
        ["kind"] = owner.Type.Kind,
        ["name"] = owner.Name,
        ["uid"] = owner.Uid,
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };

    /// <summary>A timestamp as the API machinery writes it: whole seconds.</summary>
    public static string Stamp(this TimeProvider time) =>
        time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A timestamp of a Lease: microseconds.</summary>
    public static string MicroStamp(this TimeProvider time) =>
        time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public static DateTimeOffset? Timestamp(this JsonNode? node, string path) => node.Text(path) is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var stamp) ? stamp : null;

    private static void SetIn(JsonObject metadata, string field, string key, string? value)
    {
        if (value is not null)
        {
            metadata.Child(field)[key] = value;
        }
        else if (metadata[field] is JsonObject map && map.Remove(key) && map.Count == 0)
        {
            metadata.Remove(field);
        }
    }
}
