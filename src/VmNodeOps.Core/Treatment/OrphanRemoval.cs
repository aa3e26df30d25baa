using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Deletes a launcher pod that belongs to no instance, on proof.</summary>
/// <remarks>
/// KubeVirt refuses the eviction of such a pod for ever, because it asks for the instance; the pod's deletion it does not look at. The pod is deleted with its grace: its
/// kubelet ends whatever runs in it before the object goes, so that this is safe while the node lives.
/// </remarks>
internal static class OrphanRemoval
{
    /// <returns>Whether it was deleted, or is gone; false if the instance is there after all.</returns>
    public static async Task<bool> DeleteIfProvenAsync(StepContext context, Pod seen, CancellationToken cancellationToken)
    {
        // Past the watches: a watch that lags must not make an orphan of a pod that was just made.
        var pod = await context.Cluster.Pods.FindAsync(seen.Name, cancellationToken).ConfigureAwait(false);
        if (pod is null || pod.Uid != seen.Uid || pod.IsDeleting)
        {
            return true;
        }

        if (LauncherPods.InstanceOf(pod) is not { } name || pod.NodeName != seen.NodeName)
        {
            return false;
        }

        var instance = await context.Cluster.VirtualMachineInstances.FindAsync(name, cancellationToken).ConfigureAwait(false);
        if (instance is not null && (LauncherPods.Belongs(pod, instance) || instance.ActivePods.ContainsKey(pod.Uid)))
        {
            return false;
        }

        var intent = new WriteIntent { Verb = "delete", Target = Refer.To(pod) };
        await context.WriteUnlessGoneAsync(
            token => context.Gate.WriteAsync(intent, (cluster, write) => cluster.Pods.DeleteAsync(pod.Identity, cancellationToken: write), token), cancellationToken)
            .ConfigureAwait(false);
        return true;
    }
}
