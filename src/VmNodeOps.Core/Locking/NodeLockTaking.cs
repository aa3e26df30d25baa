using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What came of taking the lock of a node: the lock, or why not; and what should be known either way.</summary>
internal sealed record LockAttempt(NodeLock? Lock, string? Refusal, IReadOnlyList<Finding> Findings);

/// <summary>Takes the Lease of a node: makes it, or takes one over that nobody holds any more.</summary>
internal sealed class NodeLockTaking(IClusterClient cluster, Node node, NodeLockOptions options, TimeProvider time, Action<Finding>? tell = null)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);
    private readonly List<Finding> _findings = [];
    private Lease? _silent;
    private bool _hasLived;
    private readonly string _holder = options.HolderIdentity.Length > 0
        ? options.HolderIdentity
        : NewIdentity();

    /// <summary>A name for a run that no other run has.</summary>
    public static string NewIdentity() => $"vmnodeops/{Environment.MachineName.ToLowerInvariant()}/{Guid.NewGuid():n}";

    public static IEnumerable<AccessQuestion> Rights(NodeLockOptions options)
    {
        foreach (var verb in new[] { "get", "create", "update", "delete" })
        {
            yield return new AccessQuestion { Verb = verb, Group = "coordination.k8s.io", Resource = "leases", Namespace = options.Namespace };
        }

        if (options.CreateNamespace)
        {
            yield return new AccessQuestion { Verb = "create", Group = "", Resource = "namespaces" };
        }
    }

    public async Task<LockAttempt> TakeAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var name = new ObjectName(options.Namespace, $"node-{node.Name}");
        while (true)
        {
            var (taken, standsAgainst, goesOnIn) = await TryAsync(name, cancellationToken).ConfigureAwait(false);
            if (taken is not null)
            {
                return new LockAttempt(taken, null, _findings);
            }

            if (goesOnIn is not null)
            {
                name = new ObjectName(goesOnIn, name.Name);
                continue;
            }

            if (standsAgainst is not null && _silent is null && time.GetElapsedTime(started) >= options.Patience)
            {
                return new LockAttempt(null, standsAgainst, _findings);
            }

            if (standsAgainst is not null)
            {
                await Task.Delay(LookAgain, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>One round. All three null: the Lease changed under our hands, look again at once.</summary>
    private async Task<(NodeLock? Taken, string? StandsAgainst, string? GoesOnIn)> TryAsync(ObjectName name, CancellationToken cancellationToken)
    {
        var found = await cluster.Leases.FindAsync(name, cancellationToken).ConfigureAwait(false);
        var now = await cluster.Server.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        var sent = time.GetTimestamp();
        try
        {
            if (_silent is { } watched && (found?.Uid != watched.Uid || found.ResourceVersion != watched.ResourceVersion))
            {
                // It lived. What is there now is as if it were seen for the first time, and is not waited for as silent again.
                _silent = null;
                _hasLived = true;
                if (options.Patience == TimeSpan.Zero)
                {
                    return (null, $"Node {node.Name} is held by {watched.HolderIdentity} since {watched.AcquiredAt:u}, which {(found is null ? "has released its lease only now" : "lives: it has renewed its lease")} ({name}). Run this again when it is done.", null);
                }
            }

            if (found is null)
            {
                return (Hold(await cluster.Leases.CreateAsync(Draft(name, now), cancellationToken).ConfigureAwait(false), sent), null, null);
            }

            var whyNot = LeaseValidity.WhyNotHeld(found, now);
            if (whyNot is null && found.HolderIdentity != _holder)
            {
                WatchIfItMayBeDead(found, now);
                return (null, $"Node {node.Name} is held by {found.HolderIdentity} since {found.AcquiredAt:u} (lease {name}, last renewed {found.RenewedAt:u}, holds until {found.RenewedAt + found.Duration:u}). Wait until it is done, or until the lease runs out.", null);
            }

            var lease = await cluster.Leases.ReplaceAsync(TakenOver(found, now), cancellationToken).ConfigureAwait(false);
            if (found.HolderIdentity != _holder)
            {
                Note("LeaseTakenOver", $"The lease {name} of {found.HolderIdentity ?? "nobody"} was taken over, because {whyNot}.");
            }

            return (Hold(lease, sent), null, null);
        }
        catch (ClusterException exception) when (exception.Cause is ClusterErrorCause.Conflict or ClusterErrorCause.AlreadyExists || exception.MayHaveBeenApplied)
        {
            return default;
        }
        catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.NotFound && found is null)
        {
            return await MakeRoomAsync(name.Namespace!, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A run that was killed leaves a Lease that nobody renews, and looks like one that renews later. Only waiting tells them apart.</summary>
    private void WatchIfItMayBeDead(Lease found, DateTimeOffset now)
    {
        var runsOutAt = found.RenewedAt!.Value + found.Duration!.Value;
        if (_silent is not null || _hasLived || runsOutAt - now > options.SilencePatience)
        {
            return;
        }

        _silent = found;
        tell?.Invoke(new Finding
        {
            Severity = FindingSeverity.Note,
            Code = "WaitsForLease",
            Message = $"Node {node.Name} is held by {found.HolderIdentity} (lease {found.Name}). If that run has died, its lease runs out at {runsOutAt:u} and this one goes on; waiting until then for a sign of it.",
        });
    }

    /// <summary>The namespace is missing.</summary>
    private async Task<(NodeLock? Taken, string? StandsAgainst, string? GoesOnIn)> MakeRoomAsync(string ns, CancellationToken cancellationToken)
    {
        var why = "it may not be made (CreateNamespace is off)";
        if (options.CreateNamespace)
        {
            try
            {
                await cluster.Namespaces.CreateAsync(ns, cancellationToken).ConfigureAwait(false);
                return default;
            }
            catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.AlreadyExists || exception.MayHaveBeenApplied)
            {
                return default;
            }
            catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.Forbidden)
            {
                why = $"it could not be made: {exception.Message}";
            }
        }

        if (options.FallbackNamespace is { } fallback && fallback != ns)
        {
            Note("LeaseElsewhere", $"The namespace {ns} is missing and {why}. The lease is kept in {fallback}; actors that look only into {ns} do not see it.");
            return (null, null, fallback);
        }

        return (null, $"The namespace {ns} for node leases is missing and {why}. Create it (kubectl create namespace {ns}), or set FallbackNamespace.", null);
    }

    private NodeLock Hold(Lease lease, long sent) => new(cluster, time, lease, sent);

    private LeaseDraft Draft(ObjectName name, DateTimeOffset now) => new()
    {
        Name = name,
        HolderIdentity = _holder,
        Duration = options.Duration,
        AcquiredAt = now,
        Owners = Owners,
    };

    private Lease TakenOver(Lease found, DateTimeOffset now) => found with
    {
        HolderIdentity = _holder,
        Duration = options.Duration,
        AcquiredAt = now,
        RenewedAt = now,
        Transitions = found.Transitions + 1,
        Owners = Owners,
    };

    /// <summary>A Node that is gone owns nothing: the garbage collector would take the Lease away at once.</summary>
    private IReadOnlyList<Owner> Owners => node.IsStandIn() ? [] : [new Owner { ApiVersion = "v1", Kind = "Node", Name = node.Name.Name, Uid = node.Uid }];

    private void Note(string code, string message) => _findings.Add(new Finding { Severity = FindingSeverity.Note, Code = code, Message = message });
}
