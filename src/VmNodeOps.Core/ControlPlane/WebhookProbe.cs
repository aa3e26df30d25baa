using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Finds out whether KubeVirt's webhooks answer: by a write to an instance that stores nothing but passes all of them.</summary>
/// <remarks>
/// They fail closed, and a pod that is Ready is no proof that calls reach it: a share of them may go to a dead endpoint for a while, or a network policy is in the way. A machine whose pod is removed
/// while they fail cannot even be marked as dead, and KubeVirt's pauses before it tries again grow with the outage.
/// </remarks>
internal static class WebhookProbe
{
    private static readonly Dictionary<string, string?> Nothing = new() { ["vmnodeops.io/probe"] = "true" };

    /// <summary>The right that it needs.</summary>
    public static AccessQuestion Right { get; } = new() { Verb = "patch", Group = "kubevirt.io", Resource = "virtualmachineinstances" };

    /// <summary>Waits until the webhooks answer; trouble is sat out until the run's time is up.</summary>
    /// <returns>Whether there was an instance to ask by.</returns>
    public static async Task<bool> AwaitAsync(StepContext context, NodeInventory inventory, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        var node = context.Node.Planned.Name.Name;
        if (inventory.Instances.Items.FirstOrDefault(one => one.NodeName == node && one is { IsFinal: false, IsDeleting: false }) is not { } instance)
        {
            return false;
        }

        var intent = new WriteIntent { Verb = "dry-run", Target = Refer.To(instance), Evidence = evidence };
        try
        {
            await context.PersevereAsync(
                token => context.Gate.WriteAsync(
                    intent,
                    (cluster, write) => cluster.VirtualMachineInstances.AnnotateAsync(instance.Identity, Nothing, new WriteOptions { DryRun = true }, write),
                    token),
                cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterException answered) when (answered.Cause is ClusterErrorCause.NotFound or ClusterErrorCause.Conflict or ClusterErrorCause.Invalid)
        {
            // It has gone or changed meanwhile, or somebody objects to the annotation: whoever says so has been reached.
        }

        return true;
    }
}
