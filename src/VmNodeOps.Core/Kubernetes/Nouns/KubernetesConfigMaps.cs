using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Nouns;

/// <summary>Config maps over HTTPS.</summary>
internal sealed class KubernetesConfigMaps(ApiGateway gateway) : KubernetesReader<ConfigMapDto, ConfigMap>(gateway, Resources.ConfigMaps), IConfigMaps
{
    public Task<ConfigMap> CreateAsync(ConfigMapDraft draft, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        _ = ResourcePath.Of(Kind, draft.Name);
        var body = Document(draft.Name, draft.Labels, draft.Data);
        return WriteAsync(Writes.Create(Kind, draft.Name.Namespace, body, options: null, $"create config map {draft.Name}"), cancellationToken);
    }

    public Task<ConfigMap> ReplaceAsync(ConfigMap configMap, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configMap);
        if (configMap.ResourceVersion.Length == 0)
        {
            throw new ArgumentException("A config map is replaced at the version that was read: it has none.", nameof(configMap));
        }

        var body = Document(configMap.Name, configMap.Labels, configMap.Data);
        var metadata = body["metadata"]!.AsObject();
        metadata["uid"] = configMap.Uid;
        metadata["resourceVersion"] = configMap.ResourceVersion;
        metadata["annotations"] = Writes.Texts(configMap.Annotations);
        metadata["ownerReferences"] = Writes.Owners(configMap.Owners);
        metadata["finalizers"] = new JsonArray([.. configMap.Finalizers.Select(finalizer => JsonValue.Create(finalizer))]);
        return WriteAsync(
            new ApiRequest
            {
                Method = HttpMethod.Put,
                Target = ResourcePath.Of(Kind, Writes.Checked(configMap.Identity).Name),
                What = $"replace config map {configMap.Name}",
                Body = Writes.Bytes(body),
            },
            cancellationToken);
    }

    public Task DeleteAsync(ObjectIdentity configMap, DeletionOptions? options = null, CancellationToken cancellationToken = default) =>
        Gateway.SendAsync(Writes.Delete(Kind, configMap, options), cancellationToken);

    private static JsonObject Document(ObjectName name, IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> data) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = name.Name, ["namespace"] = name.Namespace, ["labels"] = Writes.Texts(labels) },
        ["data"] = Writes.Texts(data),
    };
}
