using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Watches the progress of one pod: names the cause when there is none for too long, and says when the next rung is due.</summary>
internal sealed class PodLadder(DrainContext drain, Pod pod, ObjectName? machine, string subject)
{
    private readonly Patience _patience = new(drain.Time);
    private string? _told;
    private volatile StuckCause? _cause;
    private TimeSpan _next = TimeSpan.MaxValue;
    private bool _isQueued;

    /// <summary>Why it gets no further, once that was looked into; null while it does.</summary>
    public StuckCause? Cause => _cause;

    /// <summary>How long until this is to be asked again without news.</summary>
    public TimeSpan UntilNext => _next;

    /// <summary>Notes how things stand; change is progress.</summary>
    public void Note(Pod now, EvictionDecision decision)
    {
        // To ask once more is no progress.
        if (decision is EvictionDecision.Ask or EvictionDecision.Look)
        {
            return;
        }

        var standing = machine is { } name ? drain.Machines.FindStanding(name) : null;
        _isQueued = standing?.Stage is MachineStage.Queued or MachineStage.Marked;
        var state = (Key(decision), standing?.Stage, standing?.To, now.IsDeleting, now.Phase, machine is { } vm && drain.Machines.FindMigrations(vm) is [.., var last] ? last.Uid : null);
        if (_patience.Note(state))
        {
            drain.Patience.Progress();
            (_told, _cause) = (null, null);
        }
    }

    /// <summary>Whether a rung is left that can still be taken; until then even what waiting does not help is waited for.</summary>
    public bool MayClimb(Pod now, PodRemoval how) =>
        (drain.Options.Escalation.DeleteAfter is not null && how == PodRemoval.Evict && !now.IsDeleting && MayDelete)
        || (drain.Options.Escalation.ForceDeleteAfter is not null && how != PodRemoval.ForceDelete && now.IsDeleting);

    /// <summary>Names the cause when patience is over, and takes the next rung when it is due and consented to.</summary>
    /// <returns>The rung that is taken now; null to go on waiting.</returns>
    public async Task<PodRemoval?> ClimbAsync(Pod now, EvictionDecision decision, VirtualMachineInstance? instance, PodRemoval how, CancellationToken cancellationToken)
    {
        var idle = Idle;
        if (idle >= drain.Options.StuckAfter && _told is null)
        {
            await ExplainAsync(now, decision, instance, cancellationToken).ConfigureAwait(false);
        }

        if (IsDue(drain.Options.Escalation.DeleteAfter, idle) && how == PodRemoval.Evict && !now.IsDeleting && MayDelete)
        {
            return Tell(PodRemoval.Delete, "it is deleted now, past budgets and KubeVirt");
        }

        if (IsDue(drain.Options.Escalation.ForceDeleteAfter, idle) && how != PodRemoval.ForceDelete && now.IsDeleting
            && drain.Step.Node.Current is not { Ready: ConditionStatus.True }
            && await MayForceAsync(cancellationToken).ConfigureAwait(false))
        {
            return Tell(PodRemoval.ForceDelete, "it is removed by force now, on proof that the node is down");
        }

        _next = Next(idle, now, how);
        return null;
    }

    /// <summary>Who queues gets on whenever another one does.</summary>
    private TimeSpan Idle => _isQueued && drain.Patience.Idle < _patience.Idle ? drain.Patience.Idle : _patience.Idle;

    private bool MayDelete => machine is null || drain.Options.DeleteVirtualMachines;

    private static string Key(EvictionDecision decision) => decision switch
    {
        EvictionDecision.Wait wait => wait.Code,
        EvictionDecision.Stuck stuck => stuck.Code,
        _ => "",
    };

    private static bool IsDue(TimeSpan? after, TimeSpan idle) => after is { } limit && idle >= limit;

    private TimeSpan Next(TimeSpan idle, Pod now, PodRemoval how)
    {
        var escalation = drain.Options.Escalation;
        TimeSpan?[] limits =
        [
            _told is null ? drain.Options.StuckAfter : null,
            how == PodRemoval.Evict && !now.IsDeleting && MayDelete ? escalation.DeleteAfter : null,
            how != PodRemoval.ForceDelete && now.IsDeleting ? escalation.ForceDeleteAfter : null,
        ];
        // What is due already and could not be done is looked at again after a while: the node may have died meanwhile.
        return limits.OfType<TimeSpan>().Select(limit => limit > idle ? limit - idle : drain.Options.StuckAfter).DefaultIfEmpty(TimeSpan.MaxValue).Min();
    }

    private async Task ExplainAsync(Pod now, EvictionDecision decision, VirtualMachineInstance? instance, CancellationToken cancellationToken)
    {
        var facts = new StuckFacts
        {
            Pod = now,
            Decision = decision,
            Instance = instance,
            Standing = machine is { } name ? drain.Machines.FindStanding(name) : null,
            Installation = drain.Inventory.KubeVirt,
            Node = drain.Step.Node.Current,
            Migrations = drain.Machines.CountMigrations(drain.Inventory.NodeName),
            At = drain.Time.GetUtcNow(),
        };
        var cause = StuckCauses.Of(await StuckReading.AddAsync(facts, drain.Step, cancellationToken).ConfigureAwait(false));
        (_told, _cause) = (cause.Code, cause);
        drain.Step.ReportFinding(new Finding
        {
            Severity = FindingSeverity.Warning,
            Code = cause.Code,
            Message = $"{subject} gets no further: {cause.Why.TrimEnd('.')}.",
            Lift = Sentences.Begin(cause.Lift),
            Object = Refer.To(now),
        });
        if (machine is { } vm)
        {
            // The finding has told it.
            drain.Step.Machines.NoteQuietly(vm, report => report with { Message = $"{Sentences.Begin(cause.Why)} {Sentences.Begin(cause.Lift)}" });
        }
    }

    private async Task<bool> MayForceAsync(CancellationToken cancellationToken)
    {
        var (evidence, refusal) = await drain.ProveDownAsync(cancellationToken).ConfigureAwait(false);
        if (evidence is not null)
        {
            return true;
        }

        if (_told != refusal)
        {
            _told = refusal;
            drain.Step.ReportFinding(new Finding { Severity = FindingSeverity.Warning, Code = "NotProvenDown", Message = $"{subject} is not removed by force: {refusal}", Object = Refer.To(pod) });
        }

        return false;
    }

    private PodRemoval Tell(PodRemoval rung, string what)
    {
        _patience.Progress();
        (_told, _cause) = (null, null);
        drain.Step.ReportFinding(new Finding
        {
            Severity = FindingSeverity.Warning,
            Code = rung == PodRemoval.Delete ? "EscalatedToDelete" : "EscalatedToForce",
            Message = $"{subject}: pod {pod.Name.Name} got no further, so {what}.",
            Object = Refer.To(pod),
        });
        return rung;
    }
}
