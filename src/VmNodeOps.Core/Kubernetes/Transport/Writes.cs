using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using VmNodeOps.Cluster;

namespace VmNodeOps.Kubernetes.Transport;

/// <summary>Makes the requests of writes. Each names the very object by its UID where the API has a place for it.</summary>
internal static class Writes
{
    /// <summary>A merge patch, with the UID in it: for another object of the same name it would change what may not change, and is refused.</summary>
    public static ApiRequest Patch(ResourceKind kind, ObjectIdentity identity, JsonObject patch, WriteOptions? options, string what)
    {
        if (patch["metadata"] is not JsonObject metadata)
        {
            patch["metadata"] = metadata = [];
        }

        metadata["uid"] = Checked(identity).Uid;
        return new ApiRequest
        {
            Method = HttpMethod.Patch,
            Target = ResourcePath.With(ResourcePath.Of(kind, identity.Name), ("dryRun", DryRun(options))),
            What = what,
            Body = Bytes(patch),
            ContentType = "application/merge-patch+json",
            IsOfKubeVirt = kind.IsOfKubeVirt,
        };
    }

    public static ApiRequest Delete(ResourceKind kind, ObjectIdentity identity, DeletionOptions? options) => new()
    {
        Method = HttpMethod.Delete,
        Target = ResourcePath.Of(kind, Checked(identity).Name),
        What = $"delete {kind.Noun} {identity.Name}",
        Body = Bytes(DeleteOptions(identity, options)),
        IsOfKubeVirt = kind.IsOfKubeVirt,
    };

    public static ApiRequest Create(ResourceKind kind, string? ns, JsonObject body, WriteOptions? options, string what, bool isStrict = false) => new()
    {
        Method = HttpMethod.Post,
        Target = ResourcePath.With(ResourcePath.Collection(kind, ns), ("dryRun", DryRun(options)), ("fieldValidation", isStrict ? "Strict" : null)),
        What = what,
        Body = Bytes(body),
        IsOfKubeVirt = kind.IsOfKubeVirt,
    };

    /// <summary>The members of a DeleteOptions: who is meant, how long it is given, and whether for real.</summary>
    public static JsonObject DeleteOptions(ObjectIdentity identity, DeletionOptions? options)
    {
        var preconditions = new JsonObject { ["uid"] = Checked(identity).Uid };
        if (options?.ResourceVersion is { } version)
        {
            preconditions["resourceVersion"] = version;
        }

        var body = new JsonObject { ["kind"] = "DeleteOptions", ["apiVersion"] = "v1", ["preconditions"] = preconditions };
        if (options?.GracePeriod is { } grace)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.Zero, nameof(options));
            // Zero means a force delete, so what was more than zero must not become it by rounding.
            body["gracePeriodSeconds"] = grace == TimeSpan.Zero ? 0L : (long)Math.Ceiling(grace.TotalSeconds);
        }

        if (options is { DryRun: true })
        {
            body["dryRun"] = new JsonArray("All");
        }

        return body;
    }

    public static ObjectIdentity Checked(ObjectIdentity identity) => string.IsNullOrWhiteSpace(identity.Uid)
        ? throw new ArgumentException("The ObjectIdentity names nothing: make it with a name and a UID.", nameof(identity))
        : identity;

    public static string? DryRun(WriteOptions? options) => options is { DryRun: true } ? "All" : null;

    public static byte[] Bytes(JsonObject body) => Encoding.UTF8.GetBytes(body.ToJsonString());

    public static JsonObject Map(IEnumerable<KeyValuePair<string, string?>> values)
    {
        var map = new JsonObject();
        foreach (var (key, value) in values)
        {
            map[key] = value;
        }

        return map;
    }

    public static JsonObject Texts(IReadOnlyDictionary<string, string> texts) =>
        Map(texts.Select(pair => KeyValuePair.Create<string, string?>(pair.Key, pair.Value)));

    public static JsonArray Owners(IEnumerable<Owner> owners) =>
    [
        .. owners.Select(static JsonNode? (owner) =>
        {
            var reference = new JsonObject { ["apiVersion"] = owner.ApiVersion, ["kind"] = owner.Kind, ["name"] = owner.Name, ["uid"] = owner.Uid };
            if (owner.IsController)
            {
                reference["controller"] = true;
            }

            return reference;
        }),
    ];

    /// <summary>A time with microseconds, as leases want it.</summary>
    public static string MicroTime(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A time in whole seconds, as everything else wants it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
