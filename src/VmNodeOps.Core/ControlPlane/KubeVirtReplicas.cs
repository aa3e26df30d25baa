using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Tells the replicas of KubeVirt's control plane from other pods.</summary>
/// <remarks>
/// All of KubeVirt's webhooks are in virt-api and fail closed: without it no instance can even be marked as failed. virt-controller makes and
/// moves the pods of machines. Both are Deployments without state; a lease keeps a second virt-controller from acting.
/// </remarks>
internal static class KubeVirtReplicas
{
    public const string Api = "virt-api";
    public const string Controller = "virt-controller";

    public static IReadOnlyList<string> Components { get; } = [Api, Controller];

    public static Selection In(KubeVirtInstallation installation) =>
        new() { Namespace = installation.Name.Namespace, Labels = $"kubevirt.io in ({Api},{Controller})" };

    public static string? ComponentOf(Pod pod) => pod.Labels.GetValueOrDefault("kubevirt.io") is Api or Controller ? pod.Labels["kubevirt.io"] : null;

    /// <summary>Whether a pod is one of the replicas that may be replaced at will: KubeVirt's own, made by a Deployment, and without a volume that it could write to.</summary>
    public static bool IsReplaceable(Pod pod, KubeVirtInstallation installation) =>
        pod.Name.Namespace == installation.Name.Namespace
        && ComponentOf(pod) is not null
        && pod.Controller is { Kind: "ReplicaSet" }
        && pod.PersistentVolumeClaims.Count == 0;

    /// <summary>Whether a replica serves, and on a node other than the failed one.</summary>
    public static bool ServesElsewhere(Pod pod, string failedNode) =>
        pod is { IsReady: true, IsDeleting: false, IsFinished: false } && pod.NodeName is { } node && node != failedNode;
}
