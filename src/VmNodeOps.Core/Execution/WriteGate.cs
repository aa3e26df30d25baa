using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The one door through which every write of a run goes.</summary>
/// <remarks>
/// <para>Before a write is sent the gate checks: the run is neither cancelled nor out of time; its lock on the node is held; the node is the one that was planned for (UID) and has not booted since; and, for
/// what destroys, that the node was read within <see cref="MaintenanceOptions.NodeFreshness"/>, that it is not Ready, and that the evidence is strong,
/// about this very node and boot, confirmed in this run, and has not expired. What does not hold throws <see cref="WriteRefusedException"/> and nothing is sent.</para>
/// <para>A sign of life after the evidence was gathered (Ready, another boot, another object of that name, a report of the kubelet) is kept: from
/// then on no write of the run is sent, and the answers of those under way are no longer awaited; the report lists them.</para>
/// <para>Every write that is sent is recorded with its answer. Writes are never repeated here.</para>
/// </remarks>
public sealed class WriteGate : IDisposable
{
    private readonly IClusterClient _cluster;
    private readonly NodeGuard _node;
    private readonly MaintenanceOptions _options;
    private readonly WriteLedger _ledger;
    private readonly NodeLock? _lock;
    private readonly SemaphoreSlim _slots;

    internal WriteGate(IClusterClient cluster, NodeGuard node, MaintenanceOptions options, WriteLedger ledger, NodeLock? nodeLock = null)
    {
        _cluster = cluster;
        _node = node;
        _options = options;
        _ledger = ledger;
        _lock = nodeLock;
        _slots = new SemaphoreSlim(options.MaxParallelism);
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    /// <summary>Changes the node.</summary>
    public Task<Node> ChangeNodeAsync(string verb, NodeChange change, CancellationToken cancellationToken)
    {
        var node = _node.Expected;
        var intent = new WriteIntent { Verb = verb, Target = Refer.To(node) };
        return WriteAsync(intent, (cluster, token) => cluster.Nodes.ChangeAsync(node.Identity, change, cancellationToken: token), cancellationToken);
    }

    /// <summary>Changes what Kubernetes takes as proof that the node is down, on proof that it is.</summary>
    internal Task<Node> ChangeNodeAsync(string verb, NodeChange change, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        var node = _node.Expected;
        var intent = new WriteIntent { Verb = verb, Target = Refer.To(node), Evidence = evidence };
        return WriteAsync(intent, (cluster, token) => cluster.Nodes.ChangeAsync(node.Identity, change, cancellationToken: token), cancellationToken);
    }

    /// <summary>Takes off what we put on the node and what would harm it if it lived: the one write that goes through after a sign of life too.</summary>
    internal Task<Node> RetreatAsync(string verb, NodeChange change, CancellationToken cancellationToken)
    {
        var node = _node.Planned;
        var intent = new WriteIntent { Verb = verb, Target = Refer.To(node), IsRetreat = true };
        return WriteAsync(intent, (cluster, token) => cluster.Nodes.ChangeAsync(node.Identity, change, cancellationToken: token), cancellationToken);
    }

    /// <summary>Evicts a pod of the node. The answer may be a refusal.</summary>
    public Task<EvictionAnswer> EvictAsync(Pod pod, CancellationToken cancellationToken) => EvictAsync(pod, gracePeriod: null, cancellationToken);

    /// <summary>Evicts a pod of the node with a grace period of one's own. The answer may be a refusal.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="gracePeriod">The time it is given to stop, at least a second; null: its own.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The grace period is shorter than a second: that would remove the object while its processes may still run.</exception>
    public async Task<EvictionAnswer> EvictAsync(Pod pod, TimeSpan? gracePeriod, CancellationToken cancellationToken)
    {
        var options = Graceful(pod, gracePeriod);
        var intent = new WriteIntent { Verb = "evict", Target = Refer.To(pod) };
        return await SendAsync(
            intent,
            (cluster, token) => cluster.Pods.EvictAsync(pod.Identity, options, token),
            answer => answer.Refusal,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes a pod of the node with grace: past budgets and past KubeVirt's refusals, but not past its kubelet, which must tell that it has ended.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="gracePeriod">The time it is given to stop, at least a second; null: its own.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The grace period is shorter than a second: that would be a force delete.</exception>
    public Task DeleteAsync(Pod pod, TimeSpan? gracePeriod, CancellationToken cancellationToken)
    {
        var options = Graceful(pod, gracePeriod);
        var intent = new WriteIntent { Verb = "delete", Target = Refer.To(pod) };
        return WriteAsync(intent, (cluster, token) => cluster.Pods.DeleteAsync(pod.Identity, options, token), cancellationToken);
    }

    /// <summary>Removes a pod object of the node at once, on proof that the node is down.</summary>
    public Task ForceDeleteAsync(Pod pod, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        EnsureOnNode(pod.NodeName, "pod", pod.Name);
        var intent = new WriteIntent { Verb = "force-delete", Target = Refer.To(pod), Evidence = evidence };
        return WriteAsync(intent, (cluster, token) => cluster.Pods.DeleteAsync(pod.Identity, DeletionOptions.Force, token), cancellationToken);
    }

    /// <summary>Removes a replica of KubeVirt's own control plane at once, on whichever node it is. The one exception to "only this node's objects".</summary>
    /// <remarks>Allowed for virt-api and virt-controller pods of the installation's namespace that a ReplicaSet made and that mount no claim, and for nothing else.</remarks>
    internal Task ForceDeleteReplicaAsync(Pod pod, KubeVirtInstallation installation, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        if (!KubeVirtReplicas.IsReplaceable(pod, installation))
        {
            throw new WriteRefusedException("NotAReplica", $"Pod {pod.Name} is no replica of KubeVirt's control plane in {installation.Name.Namespace}; it is not touched.");
        }

        var intent = new WriteIntent { Verb = "force-delete", Target = Refer.To(pod), Evidence = evidence };
        return WriteAsync(intent, (cluster, token) => cluster.Pods.DeleteAsync(pod.Identity, DeletionOptions.Force, token), cancellationToken);
    }

    /// <summary>Detaches a volume from the node by deleting its attachment, on proof that the node is down.</summary>
    public Task DetachAsync(VolumeAttachment attachment, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        EnsureOnNode(attachment.NodeName, "volume attachment", attachment.Name);
        var intent = new WriteIntent { Verb = "detach", Target = Refer.To(attachment), Evidence = evidence };
        return WriteAsync(
            intent, (cluster, token) => cluster.VolumeAttachments.DeleteAsync(attachment.Identity, cancellationToken: token), cancellationToken);
    }

    /// <summary>Takes the finalizers off an attachment that is being deleted, on proof that the node is down. Whether its driver has detached is then nobody's knowledge.</summary>
    internal Task StripFinalizersAsync(VolumeAttachment attachment, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        EnsureOnNode(attachment.NodeName, "volume attachment", attachment.Name);
        var intent = new WriteIntent { Verb = "strip-finalizers", Target = Refer.To(attachment), Evidence = evidence };
        return WriteAsync(intent, (cluster, token) => cluster.VolumeAttachments.StripFinalizersAsync(attachment, token), cancellationToken);
    }

    /// <summary>Does any other write. What takes something from a node that may still use it must carry its evidence in the intent.</summary>
    /// <exception cref="WriteRefusedException">The gate does not let it through, or no longer awaits its answer because the node showed that it lives.</exception>
    /// <exception cref="ClusterException">The server refused, or no answer came.</exception>
    public async Task<T> WriteAsync<T>(
        WriteIntent intent, Func<IClusterClient, CancellationToken, Task<T>> write, CancellationToken cancellationToken) =>
        await SendAsync(intent, write, static _ => null, cancellationToken).ConfigureAwait(false);

    /// <summary>Does any other write that gives nothing back.</summary>
    public Task WriteAsync(WriteIntent intent, Func<IClusterClient, CancellationToken, Task> write, CancellationToken cancellationToken) =>
        SendAsync(
            intent,
            async (cluster, token) =>
            {
                await write(cluster, token).ConfigureAwait(false);
                return true;
            },
            static _ => null,
            cancellationToken);

    /// <summary>Switches the power of the node's machine: no request to the API server, but graver than most, so it passes the same checks, on a fresh look at the node, and is recorded.</summary>
    /// <remarks>It is not abandoned when the node gives a sign of life meanwhile: a half-done call of a device leaves nobody any wiser. What follows it is.</remarks>
    /// <param name="verb">What is done: <c>power-off</c>.</param>
    /// <param name="objection">Why it must not be done, from the node as just read; null stands for a node whose object is gone, and gives leave.</param>
    /// <param name="act">Does it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="WriteRefusedException">The gate does not let it through, or the node showed that it lives.</exception>
    internal async Task<PowerAnswer> SwitchPowerAsync(
        string verb, Func<Node?, Finding?> objection, Func<CancellationToken, Task<PowerAnswer>> act, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            do
            {
                await (_lock?.EnsureHeldAsync(cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
                await _node.LookAsync(_options.NodeFreshness, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
            while (_lock is { IsHeld: false });

            // Nothing is awaited between this judgement and the call.
            var intent = new WriteIntent { Verb = verb, Target = Refer.To(_node.Planned) };
            EnsureAllowed(intent, _node.Silence, default);
            if (objection(_node.Current) is { } stands)
            {
                throw new WriteRefusedException(stands.Code, $"{stands.Message} {stands.Lift}");
            }

            return await SwitchPowerAsync(_ledger.Begin(intent), act, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    private static async Task<PowerAnswer> SwitchPowerAsync(
        WriteLedger.Entry entry, Func<CancellationToken, Task<PowerAnswer>> act, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await act(cancellationToken).ConfigureAwait(false);
            entry.End(answer.Trouble is null ? WriteResult.Accepted : WriteResult.Unknown, answer.Trouble?.Message ?? "");
            return answer;
        }
        finally
        {
            entry.EndUnknown();
        }
    }

    private async Task<T> SendAsync<T>(
        WriteIntent intent, Func<IClusterClient, CancellationToken, Task<T>> write, Func<T, ServerStatus?> refusal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(write);
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            DateTimeOffset serverTime;
            do
            {
                await (_lock?.EnsureHeldAsync(cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
                serverTime = intent.Evidence is null ? default : await _cluster.Server.GetTimeAsync(cancellationToken).ConfigureAwait(false);
                await LookAsync(intent, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
            while (_lock is { IsHeld: false });

            var silence = intent.IsRetreat || _options.WithoutProof ? null : _node.Silence;
            using var under = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence?.Broken ?? CancellationToken.None);

            // Nothing is awaited between this judgement and the sending.
            EnsureAllowed(intent, silence, serverTime);
            return await SendAsync(_ledger.Begin(intent), token => write(_cluster, token), refusal, silence, under.Token, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>A request that has not left when the node shows that it lives is held back; the answer of one that has is no longer awaited.</summary>
    private static async Task<T> SendAsync<T>(
        WriteLedger.Entry entry, Func<CancellationToken, Task<T>> write, Func<T, ServerStatus?> refusal, NodeSilence? silence,
        CancellationToken under, CancellationToken callers)
    {
        try
        {
            var answer = await write(under).ConfigureAwait(false);
            entry.End(refusal(answer));
            return answer;
        }
        catch (ClusterException exception)
        {
            entry.End(exception);
            throw;
        }
        catch (OperationCanceledException) when (!callers.IsCancellationRequested && silence?.BrokenBy is not null)
        {
            throw silence.BrokenBy.Refusal();
        }
        finally
        {
            entry.EndUnknown();
        }
    }

    /// <summary>What destroys wants a fresh word about the node; for the rest, what the watch said last will do.</summary>
    private async Task LookAsync(WriteIntent intent, CancellationToken cancellationToken) =>
        await _node.LookAsync(intent.Evidence is null || _options.WithoutProof ? TimeSpan.MaxValue : _options.NodeFreshness, cancellationToken).ConfigureAwait(false);

    private void EnsureAllowed(WriteIntent intent, NodeSilence? silence, DateTimeOffset serverTime)
    {
        var (expected, now) = (_node.Expected, _node.Current);
        if (now is not null && now.Uid != expected.Uid)
        {
            throw new WriteRefusedException("NodeReplaced", $"Node {expected.Name} is another object by now (uid {now.Uid}, was {expected.Uid}). Nothing more is written; plan again.");
        }

        if (!intent.IsRetreat && !intent.IsNote && now is not null && now.BootId != expected.BootId && expected.BootId.Length > 0)
        {
            throw new WriteRefusedException("NodeRebooted", $"Node {expected.Name} has booted since (boot id {now.BootId}, was {expected.BootId}). Nothing more is written; plan again.");
        }

        // Evidence that proved wrong stops every write of the run, not only those that carry it.
        if (silence?.BrokenBy is { } sign)
        {
            throw sign.Refusal();
        }

        if (intent.Evidence is { } evidence && !_options.WithoutProof)
        {
            EnsureProven(evidence, silence, now, serverTime);
        }
    }

    private void EnsureProven(FencingEvidence evidence, NodeSilence? silence, Node? now, DateTimeOffset serverTime)
    {
        var expected = _node.Expected;
        if (now?.Ready == ConditionStatus.True)
        {
            throw new SignOfLife("NodeIsReady", $"Node {expected.Name} is Ready: it lives.").Refusal();
        }

        if (silence is null || !ReferenceEquals(silence.Evidence, evidence))
        {
            throw new WriteRefusedException(
                "EvidenceNotConfirmed",
                $"The evidence ({evidence}) was not confirmed in this run, so nobody has watched since whether node {expected.Name} lives. Nothing is force-deleted or detached. Let ConfirmNodeIsDown go before.");
        }

        if (evidence.WhyNotProof(expected.Identity, expected.BootId, serverTime) is { } objection)
        {
            throw new WriteRefusedException("EvidenceDoesNotHold", $"{objection} Nothing more is force-deleted or detached. Confirm again that the node is down.");
        }
    }

    private DeletionOptions? Graceful(Pod pod, TimeSpan? gracePeriod)
    {
        ArgumentNullException.ThrowIfNull(pod);
        EnsureOnNode(pod.NodeName, "pod", pod.Name);
        if (gracePeriod is not { } grace)
        {
            return null;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.FromSeconds(1), nameof(gracePeriod));
        return new DeletionOptions { GracePeriod = grace };
    }

    private void EnsureOnNode(string? nodeName, string kind, ObjectName name)
    {
        if (nodeName != _node.Planned.Name.Name)
        {
            throw new WriteRefusedException("OtherNode", $"The {kind} {name} belongs to node {nodeName ?? "(none)"}, not to {_node.Planned.Name}; it is not touched.");
        }
    }
}
