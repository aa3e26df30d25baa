using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Gets one pod off the node: asks when it is to be asked, waits when it is to be waited, and knows at any moment what for.</summary>
internal sealed class PodEviction
{
    private readonly DrainContext _drain;
    private readonly StepContext _context;
    private readonly PodLadder _ladder;
    private readonly PodVerdict _verdict;
    private EvictionMemory _memory;
    private string? _toldTrouble;
    private long _retryAt;
    private long _begun;
    private DateTimeOffset _now;

    public PodEviction(DrainContext drain, Pod pod)
    {
        (_drain, _context) = (drain, drain.Step);
        Pod = pod;
        Machine = LauncherPods.IsLauncher(pod) ? LauncherPods.InstanceOf(pod) : null;
        Task = Task.CompletedTask;
        _verdict = PodRules.Judge(pod, drain.Options);
        _memory = new EvictionMemory { How = drain.Options.DisableEviction ? PodRemoval.Delete : PodRemoval.Evict };
        _ladder = new PodLadder(drain, pod, Machine, Subject);
    }

    /// <summary>The pod as it was when it was first seen.</summary>
    public Pod Pod { get; }

    /// <summary>The machine in it; null for a pod that is no launcher's.</summary>
    public ObjectName? Machine { get; }

    /// <summary>Whom the pod stands for, as people say it.</summary>
    public string Subject => Machine is { } machine ? $"VM {machine}" : $"Pod {Pod.Name}";

    /// <summary>What is done, or awaited, at the moment.</summary>
    public EvictionDecision Current { get; private set; } = new EvictionDecision.Ask();

    /// <summary>Whether the pod is being deleted, as last seen.</summary>
    public bool IsDeleting { get; private set; }

    /// <summary>Why waiting does not help, where no rung of the ladder is left; null while it may.</summary>
    public EvictionDecision.Stuck? StuckFor { get; private set; }

    /// <summary>What stands against it, as the rest of a sentence about <see cref="Subject"/>.</summary>
    public string WhyLeft => Current switch
    {
        EvictionDecision.Wait or EvictionDecision.Ask when _ladder.Cause is { } cause => $"{cause.Why.TrimEnd('.')}. {Sentences.Begin(cause.Lift).TrimEnd('.')}",
        // Who follows the machine knows more of its migration.
        EvictionDecision.Wait { Code: "Evacuating" or "Migrating" } when Standing is { Message.Length: > 0 } standing => $"is to leave: {standing.Message.TrimEnd('.')}",
        EvictionDecision.Wait wait => wait.Why.TrimEnd('.'),
        EvictionDecision.Stuck stuck => stuck.Sentence,
        EvictionDecision.Ask { WhyAgain: { } why } => $"is being asked again to leave; before, it {why.TrimEnd('.')}",
        _ => "is being asked to leave",
    };

    /// <summary>How its machine stands; null if it has none that is followed.</summary>
    public MachineStanding? Standing => Machine is { } name ? _drain.Machines.FindStanding(name) : null;

    /// <summary>The work; ends when the pod is gone, or left where it is.</summary>
    public Task Task { get; private set; }

    /// <summary>How much time the machine has left to leave; null if it may take what the run has.</summary>
    public TimeSpan? TimeLeft => Machine is not null && _context.Options.MachineTimeout is { } limit ? limit - _context.Time.GetElapsedTime(_begun) : null;

    /// <summary>Whether the machine has had its time and is still there.</summary>
    public bool IsOverdue => TimeLeft <= TimeSpan.Zero;

    public void Begin(CancellationToken cancellationToken)
    {
        _begun = _context.Time.GetTimestamp();
        Task = Task.Run(() => RunAsync(cancellationToken), CancellationToken.None);
        // Whoever is woken by its end must find it ended.
        _ = Task.ContinueWith(_ => _drain.Machines.Board.RaiseAny(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var board = _drain.Machines.Board;
            var news = board.Next(Pod.Name);
            var newsOfMachine = Machine is { } machine ? board.Next(machine) : news;
            _drain.Pods.EnsureWatching();
            _drain.Machines.EnsureWatching();
            if (_drain.Pods.Find(Pod.Name) is not { } pod || pod.Uid != Pod.Uid)
            {
                return;
            }

            if (_drain.Options.SkipIfDeletingFor is not null)
            {
                // The server says when a deletion is due, so its clock says whether that is over.
                _now = await _context.PersevereAsync(token => _context.Cluster.Server.GetTimeAsync(token).AsTask(), cancellationToken).ConfigureAwait(false);
            }

            var isRetryDue = _drain.Time.GetTimestamp() >= _retryAt;
            Decide(pod, Judge(pod, isRetryDue));
            switch (Current)
            {
                case EvictionDecision.Leave:
                    return;
                case EvictionDecision.Ask ask:
                    await AskAsync(pod, ask.How, cancellationToken).ConfigureAwait(false);
                    continue;
                case EvictionDecision.DeleteOrphan:
                    await DeleteOrphanAsync(pod, cancellationToken).ConfigureAwait(false);
                    continue;
                case EvictionDecision.Look:
                    await LookAtInstanceAsync(pod, cancellationToken).ConfigureAwait(false);
                    continue;
            }

            if (Current is not EvictionDecision.Stuck { MayEscalate: false } && await _ladder.ClimbAsync(pod, Current, Instance, _memory.How, cancellationToken).ConfigureAwait(false) is { } rung)
            {
                // What was asked in a gentler way says nothing about this one.
                _memory = new EvictionMemory { How = rung };
                continue;
            }

            var untilRetry = Current is EvictionDecision.Wait { UntilRetry: true } && !isRetryDue ? UntilRetry : TimeSpan.MaxValue;
            await WaitAsync([news, newsOfMachine], Shortest(untilRetry, UntilSkipped(pod), _ladder.UntilNext), cancellationToken).ConfigureAwait(false);
        }
    }

    private VirtualMachineInstance? Instance => Machine is { } name ? _drain.Machines.FindInstance(name) : null;

    private TimeSpan UntilRetry => TimeSpan.FromTicks((long)((_retryAt - _drain.Time.GetTimestamp()) * (double)TimeSpan.TicksPerSecond / _drain.Time.TimestampFrequency));

    private EvictionDecision Judge(Pod pod, bool isRetryDue)
    {
        if (_verdict.Treatment == PodTreatment.LeaveAlone)
        {
            return new EvictionDecision.Leave(_verdict.Why);
        }

        if (_verdict.Treatment == PodTreatment.Refuse && !pod.IsFinished && !pod.IsDeleting)
        {
            // It came after the plan, which would have refused it.
            return new EvictionDecision.Stuck("PodNeedsConsent", _verdict.Why, _verdict.Lift);
        }

        if (UntilSkipped(pod) <= TimeSpan.Zero)
        {
            return new EvictionDecision.Leave($"should have ended at {pod.DeletionAt:u} and has not; it is not waited for");
        }

        return HotplugPods.Judge(pod, _drain)
            ?? _drain.Guard.Review(EvictionJudge.Decide(pod, Instance, _drain.Inventory.KubeVirt, _memory with { IsRetryDue = isRetryDue }), pod, Instance);
    }

    /// <summary>How long until a pod that does not end is given up; for ever, where none is.</summary>
    private TimeSpan UntilSkipped(Pod pod) =>
        _drain.Options.SkipIfDeletingFor is { } limit && pod.DeletionAt is { } deadline ? deadline + limit - _now : TimeSpan.MaxValue;

    /// <summary>What becomes known is told at once, but every sentence only once.</summary>
    private void Decide(Pod pod, EvictionDecision decision)
    {
        var news = decision != Current || pod.IsDeleting != IsDeleting;
        (Current, IsDeleting) = (decision, pod.IsDeleting);
        StuckFor = decision is EvictionDecision.Stuck stuck && !(stuck.MayEscalate && _ladder.MayClimb(pod, _memory.How)) ? stuck : null;
        _ladder.Note(pod, decision);
        if (!news)
        {
            return;
        }

        // How it moves is told by those who follow its instance; here is told only what stands against it.
        var trouble = decision switch
        {
            EvictionDecision.Wait { IsTrouble: true } wait => wait.Why,
            EvictionDecision.Stuck { Why: var cause, Lift: var lift } => $"{cause}. {lift}",
            _ => null,
        };
        if (trouble is not null && trouble != _toldTrouble && Machine is { } machine)
        {
            _context.Machines.Note(machine, report => report with { Message = Sentences.Begin(trouble) });
        }

        // The same trouble after another try is no news, and must not cover up the cause that was found meanwhile.
        _toldTrouble = decision is EvictionDecision.Ask or EvictionDecision.Look ? _toldTrouble : trouble;

        if (decision is EvictionDecision.Leave { IsPlanned: false, Why: var why } && _verdict.Treatment != PodTreatment.LeaveAlone)
        {
            _context.ReportFinding(new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "NotWaitedFor",
                Message = $"{Subject}: pod {Pod.Name.Name} {why}.",
                Object = Refer.To(Pod),
            });
        }

        _drain.Machines.Board.RaiseAny();
    }

    private static TimeSpan Shortest(params ReadOnlySpan<TimeSpan> waits)
    {
        var shortest = TimeSpan.MaxValue;
        foreach (var wait in waits)
        {
            shortest = wait < shortest ? wait : shortest;
        }

        return shortest;
    }

    private async Task WaitAsync(Task[] news, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (longest == TimeSpan.MaxValue)
        {
            await Task.WhenAny(news).WaitAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var timer = Task.Delay(Delays.RoundUp(longest), _drain.Time, over.Token);
        await Task.WhenAny([.. news, timer]).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task DeleteOrphanAsync(Pod pod, CancellationToken cancellationToken)
    {
        if (await OrphanRemoval.DeleteIfProvenAsync(_context, pod, cancellationToken).ConfigureAwait(false))
        {
            _memory = _memory with { Reply = EvictionReply.Accepted, AskedHow = PodRemoval.Delete };
            return;
        }

        Remember(pod, PodRemoval.Delete, EvictionReply.TryLater, "its instance was thought to be gone, and is there", retryAfter: null);
    }

    private async Task AskAsync(Pod pod, PodRemoval how, CancellationToken cancellationToken)
    {
        try
        {
            if (await RemovalRequest.SendAsync(_drain, pod, how, cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                Refused(pod, how, refusal);
            }
            else
            {
                _memory = _memory with { Reply = EvictionReply.Accepted, Words = "", Attempts = 0, AskedWhenFinished = pod.IsFinished, AskedHow = how };
            }
        }
        catch (ClusterException exception) when (EvictionReplies.MayPass(exception))
        {
            Remember(pod, how, EvictionReply.TryLater, exception.Message, exception.Status?.RetryAfter);
            await LookAgainAsync(exception.MayHaveBeenApplied, cancellationToken).ConfigureAwait(false);
        }

        if (_memory.Reply == EvictionReply.NotThere)
        {
            await LookAgainAsync(mayBeGone: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private void Refused(Pod pod, PodRemoval how, ServerStatus refusal)
    {
        var reply = EvictionReplies.Read(refusal);
        if (reply == EvictionReply.NotAllowed)
        {
            throw RemovalRequest.NotAllowed(pod, how, refusal);
        }

        Remember(pod, how, reply, EvictionReplies.Words(refusal), refusal.RetryAfter);
    }

    private void Remember(Pod pod, PodRemoval how, EvictionReply reply, string words, TimeSpan? retryAfter)
    {
        _memory = _memory with { Reply = reply, Words = words, Attempts = _memory.Attempts + 1, AskedWhenFinished = pod.IsFinished, AskedHow = how };
        WaitBeforeRetry(pod, retryAfter);
    }

    private void WaitBeforeRetry(Pod pod, TimeSpan? atLeast = null)
    {
        var wait = BackOff.After(_memory.Attempts, pod.Uid, _drain.Options);
        var longer = atLeast > wait ? atLeast.Value : wait;
        _retryAt = _drain.Time.GetTimestamp() + (long)(longer.TotalSeconds * _drain.Time.TimestampFrequency);
    }

    /// <summary>
    /// The instance itself tells whether KubeVirt still moves the machine. While it does, the watch is behind and will show it; if it does not, that evacuation is over, and
    /// another one is asked for.
    /// </summary>
    private async Task LookAtInstanceAsync(Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            var instance = await _context.Cluster.VirtualMachineInstances.FindAsync(Machine!.Value, cancellationToken).ConfigureAwait(false);
            var isUnderWay = instance is null || instance.IsFinal || instance.EvacuationNodeName == pod.NodeName || instance.NodeName != pod.NodeName || MachineJudge.IsMigrating(instance);
            _memory = isUnderWay ? _memory with { Attempts = _memory.Attempts + 1 } : _memory with { Reply = EvictionReply.None };
        }
        catch (ClusterException exception) when (EvictionReplies.MayPass(exception))
        {
            _context.Services.Trouble.Note(exception);
            _memory = _memory with { Attempts = _memory.Attempts + 1 };
        }

        WaitBeforeRetry(pod);
    }

    /// <summary>
    /// No answer came, or it said that the pod is not there: an eviction may have been carried out, and the watch may be behind. The pod itself is read before anything
    /// is asked again.
    /// </summary>
    private async Task LookAgainAsync(bool mayBeGone, CancellationToken cancellationToken)
    {
        if (!mayBeGone)
        {
            return;
        }

        try
        {
            var pod = await _context.Cluster.Pods.FindAsync(Pod.Name, cancellationToken).ConfigureAwait(false);
            if (pod is null || pod.Uid != Pod.Uid || pod.IsDeleting)
            {
                // The watch will say so too, and then the work is over.
                _memory = _memory with { Reply = EvictionReply.Accepted };
            }
        }
        catch (ClusterException exception) when (EvictionReplies.MayPass(exception))
        {
            _memory = _memory with { Words = exception.Message };
        }
    }
}
