using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>A held Lease. Renews itself until released.</summary>
/// <remarks>
/// <para>Renewals that fail are tried again until the run's end. When the Lease has run out meanwhile, nothing may be written until a renewal succeeds: it carries the version that we
/// wrote last, so its success proves that nobody held the Lease in between. What ends a lock for good is somebody else's name in the Lease, or its deletion.</para>
/// <para>We count from before a renewal was sent, and a margin less, so that we stop before anybody else may begin.</para>
/// </remarks>
internal sealed class NodeLock : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(10);
    private readonly IClusterClient _cluster;
    private readonly TimeProvider _time;
    private readonly TimeSpan _duration;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Lock _gate = new();
    private readonly Task _renewing;
    private TaskCompletionSource _changed = NewSignal();
    private Lease _lease;
    private long _validFrom;
    private string? _lossReason;

    public NodeLock(IClusterClient cluster, TimeProvider time, Lease lease, long acquiredTimestamp)
    {
        _cluster = cluster;
        _time = time;
        _lease = lease;
        _duration = lease.Duration!.Value;
        _validFrom = acquiredTimestamp;
        _renewing = Task.Run(RenewAsync);
    }

    /// <summary>Cancelled as soon as the Lease is known to be lost.</summary>
    public CancellationToken Lost => _lost.Token;

    public string HolderIdentity => _lease.HolderIdentity!;

    private TimeSpan Margin => TimeSpan.FromTicks(Math.Min(_duration.Ticks / 4, TimeSpan.FromSeconds(5).Ticks));

    /// <summary>Why the lock is lost for good; null while it is not.</summary>
    public string? WhyLost
    {
        get
        {
            lock (_gate)
            {
                return _lossReason;
            }
        }
    }

    /// <summary>Whether something may be written at this moment.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_gate)
            {
                return _lossReason is null && Remaining() > TimeSpan.Zero;
            }
        }
    }

    /// <summary>Completes while the Lease is held; where it has run out, as soon as a renewal has succeeded.</summary>
    /// <exception cref="WriteRefusedException">The lock is lost for good.</exception>
    public async Task EnsureHeldAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_lossReason is not null)
                {
                    throw new WriteRefusedException("LockLost", $"{_lossReason} Nothing more is written.");
                }

                if (Remaining() > TimeSpan.Zero)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the node free.</summary>
    /// <exception cref="ClusterException">The Lease could not be deleted; it runs out by itself.</exception>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        while (WhyLost is null)
        {
            try
            {
                // By resource version too: a Lease that somebody took over is still the same object.
                await _cluster.Leases.DeleteAsync(
                    _lease.Identity, new DeletionOptions { ResourceVersion = _lease.ResourceVersion }, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.NotFound)
            {
                return;
            }
            catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.Conflict)
            {
                // The last renewal may have been applied although its answer was no longer awaited.
                var found = await _cluster.Leases.FindAsync(_lease.Name, cancellationToken).ConfigureAwait(false);
                if (found?.Uid != _lease.Uid || found.HolderIdentity != _lease.HolderIdentity)
                {
                    return;
                }

                _lease = found;
            }
            catch (ClusterException exception) when (Perseverance.MayPass(exception))
            {
                await Task.Delay(RetryDelay, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _stop.Dispose();
        _lost.Dispose();
    }

    private TimeSpan Remaining() => _duration - Margin - _time.GetElapsedTime(_validFrom);

    private async Task RenewAsync()
    {
        try
        {
            while (WhyLost is null)
            {
                await Task.Delay(_duration / 4, _time, _stop.Token).ConfigureAwait(false);
                while (!await TryRenewAsync().ConfigureAwait(false))
                {
                    await Task.Delay(RetryDelay, _time, _stop.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Released.
        }
    }

    /// <summary>One attempt.</summary>
    /// <returns>Whether the matter is settled: renewed, or lost.</returns>
    private async Task<bool> TryRenewAsync()
    {
        using var limit = new CancellationTokenSource(AttemptLimit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        var sent = _time.GetTimestamp();
        try
        {
            var now = await _cluster.Server.GetTimeAsync(both.Token).ConfigureAwait(false);
            var renewed = await _cluster.Leases.ReplaceAsync(_lease with { RenewedAt = now }, both.Token).ConfigureAwait(false);
            Accept(renewed, sent);
            return true;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            return false;
        }
        catch (ClusterException exception) when (exception.Cause is ClusterErrorCause.Conflict or ClusterErrorCause.NotFound)
        {
            return await LookAgainAsync(both.Token).ConfigureAwait(false);
        }
        catch (ClusterException)
        {
            return false;
        }
    }

    /// <summary>Somebody wrote the Lease: perhaps we ourselves, and only the answer was lost.</summary>
    private async Task<bool> LookAgainAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await _cluster.Leases.FindAsync(_lease.Name, cancellationToken).ConfigureAwait(false);
            if (found?.Uid == _lease.Uid && found.HolderIdentity == _lease.HolderIdentity)
            {
                // What we wrote before was written at the latest when it was read; how long before is not known, so the next renewal counts.
                lock (_gate)
                {
                    _lease = found;
                }

                return false;
            }

            if (found is null)
            {
                return await MakeAgainAsync(cancellationToken).ConfigureAwait(false);
            }

            await LoseAsync($"{found.HolderIdentity} has taken the lease {_lease.Name} at {found.AcquiredAt:u}.").ConfigureAwait(false);
            return true;
        }
        catch (ClusterException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>A Lease is collected with the Node that owns it; for a Node that is gone for good it is made once more, without an owner. Any other deletion takes it from us.</summary>
    private async Task<bool> MakeAgainAsync(CancellationToken cancellationToken)
    {
        var owner = _lease.Owners.FirstOrDefault(owner => owner.Kind == "Node");
        var node = owner is null ? null : await _cluster.Nodes.FindAsync(new ObjectName(owner.Name), cancellationToken).ConfigureAwait(false);
        if (owner is null || node is not null)
        {
            await LoseAsync(node is not null && node.Uid != owner!.Uid
                ? $"Node {node.Name} is another object by now (uid {node.Uid}, was {owner.Uid}), and its lease went with the old one."
                : $"The lease {_lease.Name} was deleted by somebody else.").ConfigureAwait(false);
            return true;
        }

        var sent = _time.GetTimestamp();
        var draft = new LeaseDraft
        {
            Name = _lease.Name,
            HolderIdentity = HolderIdentity,
            Duration = _duration,
            AcquiredAt = await _cluster.Server.GetTimeAsync(cancellationToken).ConfigureAwait(false),
        };
        Accept(await _cluster.Leases.CreateAsync(draft, cancellationToken).ConfigureAwait(false), sent);
        return true;
    }

    private void Accept(Lease renewed, long sent)
    {
        lock (_gate)
        {
            _lease = renewed;
            _validFrom = sent;
        }

        Signal();
    }

    private async Task LoseAsync(string reason)
    {
        lock (_gate)
        {
            _lossReason ??= reason;
        }

        Signal();
        await _lost.CancelAsync().ConfigureAwait(false);
    }

    private void Signal()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
