using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Nouns;

/// <summary>Volume attachments over HTTPS.</summary>
internal sealed class KubernetesVolumeAttachments(ApiGateway gateway)
    : KubernetesReader<VolumeAttachmentDto, VolumeAttachment>(gateway, Resources.VolumeAttachments), IVolumeAttachments
{
    public Task DeleteAsync(ObjectIdentity attachment, DeletionOptions? options = null, CancellationToken cancellationToken = default) =>
        Gateway.SendAsync(Writes.Delete(Kind, attachment, options), cancellationToken);

    public Task StripFinalizersAsync(VolumeAttachment attachment, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = attachment.ResourceVersion, ["finalizers"] = null } };
        return Gateway.SendAsync(Writes.Patch(Kind, attachment.Identity, patch, options: null, $"take the finalizers off volume attachment {attachment.Name}"), cancellationToken);
    }
}

/// <summary>Claims over HTTPS.</summary>
internal sealed class KubernetesPersistentVolumeClaims(ApiGateway gateway)
    : KubernetesReader<PersistentVolumeClaimDto, PersistentVolumeClaim>(gateway, Resources.PersistentVolumeClaims), IPersistentVolumeClaims;

/// <summary>Disruption budgets over HTTPS.</summary>
internal sealed class KubernetesDisruptionBudgets(ApiGateway gateway)
    : KubernetesReader<DisruptionBudgetDto, DisruptionBudget>(gateway, Resources.DisruptionBudgets), IDisruptionBudgets;

/// <summary>Installations of KubeVirt over HTTPS.</summary>
internal sealed class KubernetesKubeVirtInstallations(ApiGateway gateway)
    : KubernetesReader<KubeVirtDto, KubeVirtInstallation>(gateway, Resources.KubeVirtInstallations), IKubeVirtInstallations;
