using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Sends one request that a pod leave, in one of the three ways.</summary>
internal static class RemovalRequest
{
    /// <returns>The server's refusal; null if it took it.</returns>
    public static async Task<ServerStatus?> SendAsync(DrainContext drain, Pod pod, PodRemoval how, CancellationToken cancellationToken)
    {
        if (how == PodRemoval.Evict)
        {
            var answer = await drain.Step.Gate.EvictAsync(pod, drain.Options.GracePeriod, cancellationToken).ConfigureAwait(false);
            return answer.Refusal;
        }

        try
        {
            if (how == PodRemoval.ForceDelete)
            {
                await drain.Step.Gate.ForceDeleteAsync(pod, drain.Step.Handover.Find<FencingEvidence>()!, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await drain.Step.Gate.DeleteAsync(pod, drain.Options.GracePeriod, cancellationToken).ConfigureAwait(false);
            }

            return null;
        }
        catch (ClusterException exception) when (exception.Status is { } refusal && !EvictionReplies.MayPass(exception))
        {
            return refusal;
        }
    }

    /// <summary>What ends the drain when a right is missing: it does not come by waiting.</summary>
    public static ClusterException NotAllowed(Pod pod, PodRemoval how, ServerStatus refusal)
    {
        var (verb, right) = how == PodRemoval.Evict ? ("evict", "create pods/eviction") : ("delete", "delete pods");
        return new ClusterException(
            refusal.Code == 401 ? ClusterErrorCause.Unauthorized : ClusterErrorCause.Forbidden,
            $"Could not {verb} pod {pod.Name}: {EvictionReplies.Words(refusal)}. Grant the right to {right} there.")
        {
            Status = refusal,
        };
    }
}
