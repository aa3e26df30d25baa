using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Nouns;

/// <summary>Pods over HTTPS.</summary>
internal sealed class KubernetesPods(ApiGateway gateway) : KubernetesReader<PodDto, Pod>(gateway, Resources.Pods), IPods
{
    public async Task<EvictionAnswer> EvictAsync(ObjectIdentity pod, DeletionOptions? options = null, CancellationToken cancellationToken = default)
    {
        var deleteOptions = Writes.DeleteOptions(pod, options);
        deleteOptions.Remove("kind");
        deleteOptions.Remove("apiVersion");
        var request = new ApiRequest
        {
            Method = HttpMethod.Post,
            Target = ResourcePath.With(ResourcePath.Of(Kind, pod.Name, "eviction"), ("dryRun", Writes.DryRun(options))),
            What = $"evict pod {pod.Name}",
            TimeLimit = Gateway.Options.EvictionTimeout,
            Body = Writes.Bytes(new JsonObject
            {
                ["apiVersion"] = "policy/v1",
                ["kind"] = "Eviction",
                // KubeVirt's webhook is chosen by this name, and the server refuses an eviction without it.
                ["metadata"] = new JsonObject { ["name"] = pod.Name.Name, ["namespace"] = pod.Name.Namespace },
                ["deleteOptions"] = deleteOptions,
            }),
        };
        try
        {
            await Gateway.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return EvictionAnswer.Yes;
        }
        catch (ClusterException refusal) when (refusal is { Status: { } said, MayHaveBeenApplied: false } && IsAnswer(refusal.Cause))
        {
            return EvictionAnswer.No(said);
        }
    }

    public Task DeleteAsync(ObjectIdentity pod, DeletionOptions? options = null, CancellationToken cancellationToken = default) =>
        Gateway.SendAsync(Writes.Delete(Kind, pod, options), cancellationToken);

    private static bool IsAnswer(ClusterErrorCause cause) => cause is not (ClusterErrorCause.Unauthorized or ClusterErrorCause.NotKubernetes);
}
