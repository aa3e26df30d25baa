using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What Kubernetes removes from a node that is out of service, followed in one run on one watch of its pods and one of its attachments.</summary>
internal sealed class OutOfServiceRelease : IAsyncDisposable
{
    private const int Named = 10;
    private readonly StepContext _context;
    private readonly ChangeBoard _board = new();
    private readonly LiveView<Pod> _pods;
    private readonly LiveView<VolumeAttachment> _attachments;
    private readonly (int Pods, int Attachments) _found;
    private (int Pods, int Attachments) _told;

    private OutOfServiceRelease(StepContext context, Snapshot<Pod> pods, Snapshot<VolumeAttachment> attachments)
    {
        var onNode = Selection.OnNode(context.Node.Planned.Name.Name);
        _context = context;
        _found = (pods.Items.Count(Goes), attachments.Items.Count);
        _told = (-1, -1);
        _pods = new(context.Cluster.Pods, onNode, pods, _board, static pod => [pod.Name], context.Services);
        _attachments = new(context.Cluster.VolumeAttachments, onNode, attachments, _board, static attachment => [attachment.Name], context.Services);
    }

    /// <summary>What is still attached.</summary>
    public IReadOnlyList<VolumeAttachment> Attachments => _attachments.Items;

    private IReadOnlyList<Pod> Pods => [.. _pods.Where(Goes).OrderBy(static pod => pod.Name)];

    /// <summary>Whether Kubernetes removes it: what has ended needs no removal, and what tolerates the taint is left, unless it is to go anyhow.</summary>
    public static bool Goes(Pod pod) =>
        !pod.IsFinished && !pod.IsMirror
        && (pod.IsDeleting || !pod.Tolerations.Any(static toleration => toleration.For is null && toleration.Tolerates(OutOfServiceTaint.Ours)));

    public static async Task<OutOfServiceRelease> BeginAsync(StepContext context, CancellationToken cancellationToken)
    {
        var onNode = Selection.OnNode(context.Node.Planned.Name.Name);
        var pods = await context.ListAsync(context.Cluster.Pods, onNode, cancellationToken).ConfigureAwait(false);
        var attachments = await context.ListAsync(context.Cluster.VolumeAttachments, onNode, cancellationToken).ConfigureAwait(false);
        return new OutOfServiceRelease(context, pods, attachments);
    }

    public async ValueTask DisposeAsync()
    {
        await _pods.DisposeAsync().ConfigureAwait(false);
        await _attachments.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Waits until all is gone, or nothing has moved for that long.</summary>
    public async Task AwaitAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        while (true)
        {
            var left = (_pods.Where(Goes).Count, _attachments.Items.Count);
            Tell(left);
            if (left is (0, 0) || !await MovesAsync(left, patience, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    public StepOutcome Outcome()
    {
        if (Pods is { Count: > 0 } pods)
        {
            return StepOutcome.Blocked("OutOfServiceWithoutEffect", $"{DescribePending()} {Names(pods)} Look at kube-controller-manager, or recover by force delete.");
        }

        foreach (var attachment in Attachments)
        {
            _context.ReportFinding(AttachmentTexts.StillAttached(attachment));
        }

        var detached = _found.Attachments - Attachments.Count;
        return _found == (0, 0)
            ? StepOutcome.Skipped("nothing was left on the node")
            : StepOutcome.Succeeded(
                $"{_found.Pods} {(_found.Pods == 1 ? "pod" : "pods")} removed, {detached} of {_found.Attachments} volumes detached; the mark is off again");
    }

    public string? DescribePending() => (Pods.Count, Attachments.Count) switch
    {
        (0, 0) => null,
        (0, var volumes) => $"{volumes} volumes are not detached: {string.Join(" ", Attachments.Select(one => $"{AttachmentTexts.Name(one)}: {AttachmentTexts.WhyStuck(one)}"))}",
        (var pods, _) => $"Node {_context.Node.Planned.Name} was marked as out of service, but Kubernetes has not removed {pods} of {_found.Pods} pods.",
    };

    private static string Names(IReadOnlyList<Pod> pods) =>
        $"Left: {string.Join(", ", pods.Take(Named).Select(static pod => pod.Name))}{(pods.Count > Named ? $" and {pods.Count - Named} more" : "")}.";

    /// <summary>Waits for something to move.</summary>
    /// <returns>False if nothing did in time.</returns>
    private async Task<bool> MovesAsync((int Pods, int Attachments) left, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        while (true)
        {
            var news = _board.NextOfAny();
            _pods.EnsureWatching();
            _attachments.EnsureWatching();
            if ((_pods.Where(Goes).Count, _attachments.Items.Count) != left)
            {
                return true;
            }

            try
            {
                await news.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    private void Tell((int Pods, int Attachments) left)
    {
        if (_told == left)
        {
            return;
        }

        _told = left;
        var total = Math.Max(_found.Pods + _found.Attachments, left.Pods + left.Attachments);
        _context.ReportProgress(
            total - left.Pods - left.Attachments, total, left is (0, 0) ? "none left" : $"{left.Pods} pods and {left.Attachments} volumes left");
    }
}
