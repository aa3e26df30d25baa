using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Puts the taint on the node in one run, and takes it off whatever became of that run.</summary>
internal static class OutOfServiceMark
{
    /// <summary>Taking it off goes on after the caller has given up, but not for ever.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task PutOnAsync(StepContext context, FencingEvidence evidence, CancellationToken cancellationToken) => ChangeAsync(
        context,
        static node => node is not null && !OutOfServiceTaint.IsOn(node),
        (node, token) => context.Gate.ChangeNodeAsync("take-out-of-service", OutOfServiceTaint.PutOn(node), evidence, token),
        cancellationToken);

    /// <returns>Null if no taint of ours is left; else what stands against it.</returns>
    public static async Task<Finding?> TryTakeOffAsync(StepContext context)
    {
        using var limit = new CancellationTokenSource(Limit, context.Time);
        try
        {
            await ChangeAsync(
                context,
                static node => OutOfServiceTaint.HasOurs(node),
                (node, token) => context.Gate.RetreatAsync("put-back-in-service", OutOfServiceTaint.TakeOff(node), token),
                limit.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return Left(context, $"no answer came within {Limit.TotalSeconds:0} s");
        }
        catch (Exception exception) when (exception is ClusterException or WriteRefusedException)
        {
            return Left(context, exception.Message);
        }
    }

    /// <summary>Reads, changes what was read, and begins anew when somebody else was quicker.</summary>
    private static async Task ChangeAsync(
        StepContext context, Func<Node?, bool> isNeeded, Func<Node, CancellationToken, Task> change, CancellationToken cancellationToken)
    {
        var name = context.Node.Planned.Name;
        while (true)
        {
            var node = await context.PersevereAsync(token => context.Cluster.Nodes.FindAsync(name, token), cancellationToken).ConfigureAwait(false);
            if (node?.Uid != context.Node.Planned.Uid || !isNeeded(node))
            {
                return;
            }

            try
            {
                await context.PersevereAsync(token => change(node, token), cancellationToken).ConfigureAwait(false);
            }
            catch (ClusterException exception) when (exception.Cause is ClusterErrorCause.Conflict or ClusterErrorCause.NotFound)
            {
                // The node has changed or is gone: what is there now decides.
            }
        }
    }

    private static Finding Left(StepContext context, string why) => new()
    {
        Severity = FindingSeverity.Warning,
        Code = "OutOfServiceLeft",
        Message = $"The taint {OutOfServiceTaint.Key}={OutOfServiceTaint.Value} could not be taken off node {context.Node.Planned.Name}: {why.TrimEnd('.')}. While it is there, every pod is removed from the node.",
        Lift = $"Run this again or return the node to service, which takes it off, or: kubectl taint nodes {context.Node.Planned.Name} {OutOfServiceTaint.Key}={OutOfServiceTaint.Value}:NoExecute-",
    };
}
