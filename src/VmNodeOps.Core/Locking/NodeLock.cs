using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>A held Lease. Renews itself until released; once lost it never comes back, and nothing may be written any more.</summary>
/// <remarks>
/// Renewals that fail are tried again until the Lease runs out: a short loss of the API server does not end a run. What ends it is somebody else's name in the Lease, or its end.
/// We count from before a renewal was sent, and a margin less, so that we stop before anybody else may begin.
/// </remarks>
internal sealed class NodeLock : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private readonly IClusterClient _cluster;
    private readonly TimeProvider _time;
    private readonly TimeSpan _duration;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly Lock _gate = new();
    private readonly Task _renewing;
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

    /// <summary>Why nothing may be written any more; null while the Lease is held.</summary>
    public string? WhyNotHeld()
    {
        lock (_gate)
        {
            return _lossReason ?? (Remaining() > TimeSpan.Zero ? null : $"The lease {_lease.Name} could not be renewed in time; another actor may hold the node now.");
        }
    }

    /// <summary>Gives the node free.</summary>
    /// <returns>Null, or why the Lease is still there (it runs out by itself).</returns>
    public async Task<string?> ReleaseAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        if (WhyNotHeld() is not null)
        {
            return null;
        }

        try
        {
            // By resource version too: a Lease that somebody took over is still the same object.
            await _cluster.Leases.DeleteAsync(
                _lease.Identity, new DeletionOptions { ResourceVersion = _lease.ResourceVersion }, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.NotFound)
        {
            return null;
        }
        catch (ClusterException exception)
        {
            return $"The lease {_lease.Name} could not be deleted and runs out by itself within {_duration.TotalSeconds:0} s: {exception.Message}";
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
            while (true)
            {
                await Task.Delay(_duration / 4, _time, _stop.Token).ConfigureAwait(false);
                while (!await TryRenewAsync().ConfigureAwait(false))
                {
                    if (WhyNotHeld() is { } reason)
                    {
                        await LoseAsync(reason).ConfigureAwait(false);
                        return;
                    }

                    await Task.Delay(RetryDelay, _time, _stop.Token).ConfigureAwait(false);
                }

                if (_lossReason is not null)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Released.
        }
    }

    /// <summary>One attempt, which never outlives the Lease.</summary>
    /// <returns>Whether the matter is settled: renewed, or lost.</returns>
    private async Task<bool> TryRenewAsync()
    {
        using var limit = new CancellationTokenSource(Remaining() > RetryDelay ? Remaining() : RetryDelay, _time);
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

            await LoseAsync(found is null
                ? $"The lease {_lease.Name} was deleted by somebody else."
                : $"{found.HolderIdentity} has taken the lease {_lease.Name} at {found.AcquiredAt:u}.").ConfigureAwait(false);
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

    private void Accept(Lease renewed, long sent)
    {
        lock (_gate)
        {
            _lease = renewed;
            _validFrom = sent;
        }
    }

    private async Task LoseAsync(string reason)
    {
        lock (_gate)
        {
            _lossReason ??= reason;
        }

        await _lost.CancelAsync().ConfigureAwait(false);
    }
}
