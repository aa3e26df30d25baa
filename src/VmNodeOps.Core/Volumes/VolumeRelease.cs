using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The detaching of a node's volumes in one run: on one watch of its attachments and one of its pods.</summary>
internal sealed class VolumeRelease : IAsyncDisposable
{
    private static readonly TimeSpan AfterStripping = TimeSpan.FromSeconds(30);
    private readonly StepContext _context;
    private readonly FencingEvidence _evidence;
    private readonly ChangeBoard _board = new();
    private readonly ClaimBook _claims;
    private readonly HashSet<string> _asked = [];
    private readonly HashSet<ObjectName> _named = [];
    private LiveView<VolumeAttachment>? _attachments;
    private LiveView<Pod>? _pods;
    private (int Gone, int Asked) _told;
    private int _gone;

    public VolumeRelease(StepContext context, FencingEvidence evidence)
    {
        _context = context;
        _evidence = evidence;
        _claims = new ClaimBook((ns, token) => context.ListAsync(context.Cluster.PersistentVolumeClaims, new Selection { Namespace = ns }, token));
    }

    /// <summary>Deleted, and still there: the driver has not let go.</summary>
    public IReadOnlyList<VolumeAttachment> Stuck => _attachments?.Where(attachment => _asked.Contains(attachment.Uid)).OrderBy(attachment => attachment.Name).ToList() ?? [];

    public async ValueTask DisposeAsync()
    {
        if (_attachments is not null)
        {
            await _attachments.DisposeAsync().ConfigureAwait(false);
        }

        if (_pods is not null)
        {
            await _pods.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Detaches what may be detached, and waits until it is gone or the limit is reached.</summary>
    public async Task RunAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        await AwaitAsync(limit, cancellationToken).ConfigureAwait(false);
    }

    private async Task AwaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(limit, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        while (true)
        {
            var news = _board.NextOfAny();
            EnsureWatching();
            var going = await DetachAsync(cancellationToken).ConfigureAwait(false);
            Tell();
            if (!going)
            {
                return;
            }

            try
            {
                await news.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Takes the finalizers off what is still there, and waits a little until it has gone.</summary>
    public async Task StripAsync(CancellationToken cancellationToken)
    {
        foreach (var attachment in Stuck.Where(attachment => attachment is { IsDeleting: true, Finalizers.Count: > 0 }))
        {
            _context.ReportFinding(AttachmentTexts.Stripped(attachment));
            await _context.WriteUnlessGoneAsync(token => _context.Gate.StripFinalizersAsync(attachment, _evidence, token), cancellationToken).ConfigureAwait(false);
        }

        if (Stuck.Count > 0)
        {
            await AwaitAsync(AfterStripping, cancellationToken).ConfigureAwait(false);
        }
    }

    public StepOutcome Outcome()
    {
        var stuck = Stuck;
        foreach (var attachment in stuck)
        {
            _context.ReportFinding(AttachmentTexts.Stuck(attachment));
        }

        var held = _attachments!.Where(attachment => !_asked.Contains(attachment.Uid)).Count;
        var left = (stuck.Count, held) switch
        {
            (0, 0) => "",
            (0, _) => $"; {held} left to other pods",
            (_, 0) => $"; {stuck.Count} not detached yet, the machines are looked at next",
            _ => $"; {stuck.Count} not detached yet, the machines are looked at next; {held} left to other pods",
        };
        return _asked.Count == 0 && left.Length == 0
            ? StepOutcome.Skipped("no volume is attached to the node")
            : StepOutcome.Succeeded($"{_gone} of {_asked.Count} detached{left}");
    }

    public string? DescribePending()
    {
        var stuck = Stuck;
        return stuck.Count == 0 ? null : $"{stuck.Count} volumes are not detached: {string.Join(" ", stuck.Select(one => $"{AttachmentTexts.Name(one)}: {AttachmentTexts.WhyStuck(one)}"))}";
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        var onNode = Selection.OnNode(_context.Node.Planned.Name.Name);
        var cluster = _context.Cluster;
        var pods = await _context.ListAsync(cluster.Pods, onNode, cancellationToken).ConfigureAwait(false);
        // No server selects attachments by node, so a listing pages through all of the cluster's. The plan's is gone on from: whose an attachment is never changes, each is deleted by its UID, and
        // what has come since is told before the end of those deletions is. A plan that found none has nothing to delete whose end could be waited for.
        var attachments = _context.Handover.Find<AttachmentListing>() is { Found: { Items.Count: > 0 } found }
            ? found
            : await _context.ListAsync(cluster.VolumeAttachments, onNode, cancellationToken).ConfigureAwait(false);
        _pods = new(cluster.Pods, onNode, pods, _board, static pod => [pod.Name], _context.Services);
        _attachments = new(cluster.VolumeAttachments, onNode, attachments, _board, static attachment => [attachment.Name], _context.Services);
    }

    private void EnsureWatching()
    {
        _pods!.EnsureWatching();
        _attachments!.EnsureWatching();
        if ((_pods.Interruption ?? _attachments.Interruption) is { } trouble)
        {
            _context.Services.Trouble.Note(trouble);
        }
    }

    /// <returns>Whether something is on its way that is worth waiting for.</returns>
    private async Task<bool> DetachAsync(CancellationToken cancellationToken)
    {
        var attachments = _attachments!.Items;
        _gone = _asked.Count - attachments.Count(attachment => _asked.Contains(attachment.Uid));
        var pods = attachments.All(attachment => _asked.Contains(attachment.Uid)) ? [] : _pods!.Where(pod => !pod.IsFinished);
        await _claims.LearnAsync(pods, cancellationToken).ConfigureAwait(false);
        var goingSoon = false;
        var free = new List<VolumeAttachment>();
        foreach (var attachment in attachments.Where(attachment => !_asked.Contains(attachment.Uid)))
        {
            var users = VolumeUsers.Of(attachment, pods, _claims);
            if (users.Count > 0 && users.All(VolumeUsers.HoldsHotplugDisk))
            {
                goingSoon = true;
            }
            else if (VolumeUsers.Objection(attachment, pods, _claims) is { } objection)
            {
                Name(attachment, objection);
            }
            else
            {
                free.Add(attachment);
            }
        }

        _asked.UnionWith(free.Select(attachment => attachment.Uid));
        await Task.WhenAll(free.Where(attachment => !attachment.IsDeleting).Select(attachment => _context.WriteUnlessGoneAsync(
            token => _context.Gate.DetachAsync(attachment, _evidence, token), cancellationToken))).ConfigureAwait(false);
        return goingSoon || free.Count > 0 || Stuck.Count > 0;
    }

    /// <summary>Said once, and not again what the plan has said.</summary>
    private void Name(VolumeAttachment attachment, Finding objection)
    {
        if (_named.Add(attachment.Name) && !_context.Plan.Findings.Contains(objection))
        {
            _context.ReportFinding(objection);
        }
    }

    private void Tell()
    {
        if (_asked.Count > 0 && _told != (_gone, _asked.Count))
        {
            _told = (_gone, _asked.Count);
            _context.ReportProgress(_gone, _asked.Count, _gone == _asked.Count ? "none left" : $"{_asked.Count - _gone} left");
        }
    }
}

/// <summary>The attachments of the node as the plan listed them.</summary>
internal sealed record AttachmentListing(Snapshot<VolumeAttachment> Found);
