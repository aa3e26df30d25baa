using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Nouns;

/// <summary>Virtual machine instances over HTTPS.</summary>
internal sealed class KubernetesVirtualMachineInstances(ApiGateway gateway)
    : KubernetesReader<VirtualMachineInstanceDto, VirtualMachineInstance>(gateway, Resources.VirtualMachineInstances), IVirtualMachineInstances
{
    public Task<VirtualMachineInstance> AnnotateAsync(
        ObjectIdentity instance, IReadOnlyDictionary<string, string?> annotations, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = Writes.Map(annotations) } };
        return WriteAsync(Writes.Patch(Kind, instance, patch, options, $"annotate virtual machine instance {instance.Name}"), cancellationToken);
    }

    public async Task CancelEvacuationAsync(
        ObjectName instance, string nodeName, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        var body = new JsonObject { ["evacuationNodeName"] = new ObjectName(nodeName).Name };
        var request = Subresources.Put(Kind, instance, "evacuate/cancel", body, options, $"cancel the evacuation of virtual machine instance {instance}");
        try
        {
            await Gateway.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterException refusal) when (refusal.Cause == ClusterErrorCause.NotKubernetes && refusal.Status?.Code is 404)
        {
            throw new ClusterException(
                ClusterErrorCause.Unsupported,
                $"Could not {request.What}: this KubeVirt has no such call; it came with 1.7. Delete the migration, or restart the machine, to end the evacuation.",
                refusal)
            {
                Status = refusal.Status,
            };
        }
    }

    public Task DeleteAsync(ObjectIdentity instance, DeletionOptions? options = null, CancellationToken cancellationToken = default) =>
        Gateway.SendAsync(Writes.Delete(Kind, instance, options), cancellationToken);
}
