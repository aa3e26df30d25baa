using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The removal of a node's launcher pods in one run: those that are there, and those that appear while it goes on.</summary>
internal sealed class LauncherRemoval(StepContext context, FencingEvidence evidence, Func<Pod, ReleaseRank> rankOf)
{
    /// <summary>So many are named in a sentence; the report's writes name them all.</summary>
    private const int Named = 10;

    /// <summary>How long the answers of a rank are waited for; a pod that will not go must not keep those after it down.</summary>
    private static readonly TimeSpan RankPatience = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Pod> _left = [];
    private readonly HashSet<string> _asked = [];

    /// <returns>How many pods were removed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var selection = new Selection { NodeName = context.Node.Planned.Name.Name, Labels = LauncherPods.Selector };
        var pods = await context.ListAsync(context.Cluster.Pods, selection, cancellationToken).ConfigureAwait(false);
        var alive = pods.Items.Where(Take).ToList();
        await RemoveInOrderAsync(alive, cancellationToken).ConfigureAwait(false);
        if (alive.Count > 0)
        {
            await AwaitAsync(selection, pods, cancellationToken).ConfigureAwait(false);
        }

        return _asked.Count;
    }

    /// <summary>What is not known to be gone yet; null if nothing.</summary>
    public string? Describe()
    {
        lock (_gate)
        {
            var names = _left.Values.Select(pod => pod.Name).Order().ToList();
            var more = names.Count > Named ? $" and {names.Count - Named} more" : "";
            return names.Count == 0 ? null : $"{names.Count} of {_asked.Count} pods are not known to be gone: {string.Join(", ", names.Take(Named))}{more}.";
        }
    }

    /// <summary>Those of the highest rank first, all of one rank together.</summary>
    private async Task RemoveInOrderAsync(List<Pod> pods, CancellationToken cancellationToken)
    {
        var node = context.Node.Planned.Name.Name;
        var order = context.Services.ReleaseOrder;
        var sent = new List<Task>();
        try
        {
            foreach (var rank in pods.GroupBy(rankOf).OrderByDescending(static group => group.Key))
            {
                await order.AwaitAsync(node, rank.Key, cancellationToken).ConfigureAwait(false);
                var group = Task.WhenAll(rank.Select(pod => RemoveAsync(pod, cancellationToken)));
                sent.Add(group);
                await ((Task)group).WaitAsync(RankPatience, context.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (sent.Exists(static one => one.IsFaulted || one.IsCanceled))
                {
                    break;
                }
            }
        }
        finally
        {
            order.Leave(node);
            await Task.WhenAll(sent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(sent).ConfigureAwait(false);
    }

    private async Task AwaitAsync(Selection selection, Snapshot<Pod> from, CancellationToken cancellationToken)
    {
        Tell();
        await foreach (var change in context.WatchAsync(context.Cluster.Pods, selection, from, cancellationToken).ConfigureAwait(false))
        {
            if (change.Object is { } pod)
            {
                await HearAsync(change.Kind, pod, cancellationToken).ConfigureAwait(false);
            }

            lock (_gate)
            {
                if (_left.Count == 0)
                {
                    return;
                }
            }
        }
    }

    private async Task HearAsync(WatchEventKind kind, Pod pod, CancellationToken cancellationToken)
    {
        if (kind == WatchEventKind.Deleted || pod.IsFinished)
        {
            bool wasLeft;
            lock (_gate)
            {
                wasLeft = _left.Remove(pod.Uid);
            }

            if (wasLeft)
            {
                Tell();
            }
        }
        else if (Take(pod))
        {
            context.ReportFinding(new Finding
            {
                Severity = FindingSeverity.Note,
                Code = "LateArrival",
                Message = $"Pod {pod.Name} came to node {pod.NodeName} after the pods were listed; it is removed too.",
                Object = Refer.To(pod),
            });
            await RemoveAsync(pod, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool Take(Pod pod)
    {
        if (pod.IsFinished)
        {
            return false;
        }

        lock (_gate)
        {
            return _asked.Add(pod.Uid) && _left.TryAdd(pod.Uid, pod);
        }
    }

    private Task RemoveAsync(Pod pod, CancellationToken cancellationToken) =>
        context.WriteUnlessGoneAsync(token => context.Gate.ForceDeleteAsync(pod, evidence, token), cancellationToken);

    private void Tell()
    {
        int left, asked;
        lock (_gate)
        {
            (left, asked) = (_left.Count, _asked.Count);
        }

        context.ReportProgress(asked - left, asked, left == 0 ? "none left" : $"{left} left");
    }
}
