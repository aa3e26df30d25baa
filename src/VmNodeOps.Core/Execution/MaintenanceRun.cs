using System.Diagnostics;
using Microsoft.Extensions.Logging;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>One run of one maintenance: step after step until one does not succeed, then undo if wished, then the report.</summary>
internal sealed class MaintenanceRun
{
    private static readonly TimeSpan UndoTimeout = TimeSpan.FromMinutes(2);
    private readonly NodeMaintenance _maintenance;
    private readonly MaintenancePlan _plan;
    private readonly RunServices _services;
    private readonly DateTimeOffset _startedAt;
    private readonly StepReport[] _reports;
    private readonly NodeLock? _lock;
    private BatchTurn? _turn;
    private StepOutcome? _notBegun;
    private string _step = "";

    private MaintenanceRun(
        NodeMaintenance maintenance, MaintenancePlanning planning, NodeLock? nodeLock, IClusterClient cluster, EventHub events, TimeProvider time, ILogger logger, BatchTurn? turn)
    {
        _maintenance = maintenance;
        _lock = nodeLock;
        _plan = planning.Plan;
        _turn = turn;
        _startedAt = time.GetUtcNow();
        _reports = [.. _plan.Steps.Select(step => new StepReport { Step = step.Step, Outcome = NotReached() })];
        var guard = new NodeGuard(planning.Reads.Nodes, planning.Node, time, logger);
        var writes = new WriteLedger(events, time, () => _step);
        _services = new RunServices
        {
            Actor = nodeLock?.HolderIdentity ?? NodeLockTaking.NewIdentity(),
            Procedure = StepMemory.Of(maintenance),
            Node = guard,
            Reads = planning.Reads,
            Gate = new WriteGate(cluster, guard, maintenance.Options, writes, nodeLock),
            Writes = writes,
            Handover = planning.Handover,
            Machines = new MachineLedger(events),
            Events = events,
            Options = maintenance.Options,
            Time = time,
            Logger = logger,
            ReleaseOrder = turn?.ReleaseOrder ?? new ReleaseOrder(time),
        };
    }

    public static async Task<MaintenanceReport> ExecuteAsync(
        IClusterClient cluster, NodeMaintenance maintenance, MaintenancePlanning planning, MaintenancePlan? approved, EventHub events, TimeProvider time,
        ILogger logger, CancellationToken cancellationToken, BatchTurn? turn = null)
    {
        using var activity = Telemetry.Activities.StartActivity("vmnodeops.run");
        activity?.SetTag("k8s.node.name", maintenance.NodeName);
        events.Publish(new RunStarted { Steps = [.. planning.Plan.Steps.Select(step => step.Step)] });
        var report = Refuse(planning.Plan, approved, time.GetUtcNow())
            ?? await RightsCheck.RefuseAsync(cluster.AccessReviews, planning.Plan, time, cancellationToken).ConfigureAwait(false)
            ?? await new LockedRun(cluster, maintenance, approved, events, time, logger, turn).RunAsync(planning, cancellationToken).ConfigureAwait(false);
        activity?.SetTag("vmnodeops.result", report.Result.ToString());
        Telemetry.Runs.Add(1, new KeyValuePair<string, object?>("vmnodeops.result", report.Result.ToString()));
        Log.RunEnded(logger, maintenance.NodeName, report.Summary);
        events.Publish(new RunFinished { Report = report });
        return report.Result == MaintenanceResult.Cancelled ? throw new MaintenanceCanceledException(report, cancellationToken) : report;
    }

    public static async Task<MaintenanceReport> RunAsync(
        IClusterClient cluster, NodeMaintenance maintenance, MaintenancePlanning planning, NodeLock? nodeLock, IReadOnlyList<Finding> findings, EventHub events,
        TimeProvider time, ILogger logger, CancellationToken cancellationToken, BatchTurn? turn = null)
    {
        var run = new MaintenanceRun(maintenance, planning, nodeLock, cluster, events, time, logger, turn);
        foreach (var finding in findings)
        {
            run._services.AddFinding(finding);
        }

        using (run._services.Gate)
        await using (run._services.Node.ConfigureAwait(false))
        {
            try
            {
                return await run.RunAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                await planning.Handover.DisposeFactsAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>A plan that no longer holds, or that says itself that it must not run, ends here: nothing has been written.</summary>
    public static MaintenanceReport? Refuse(MaintenancePlan plan, MaintenancePlan? approved, DateTimeOffset now)
    {
        var findings = plan.Steps.SelectMany(step => step.Findings).ToList();
        string summary;
        if (approved is not null && approved.FindDrift(plan) is { Count: > 0 } drift)
        {
            findings.AddRange(drift.Select(change => new Finding { Severity = FindingSeverity.Refusal, Code = "PlanDrift", Message = change }));
            summary = $"The plan of {approved.MadeAt:u} no longer holds: {string.Join(" ", drift)} Nothing was written. Make a new plan and approve it.";
        }
        else if (plan.IsRefused)
        {
            summary = string.Join(" ", plan.Refusals.Select(refusal => $"{refusal.Message} {refusal.Lift}".Trim()));
        }
        else
        {
            return null;
        }

        return NotBegun(plan, MaintenanceResult.Refused, summary, findings, now);
    }

    public static MaintenanceReport NotBegun(
        MaintenancePlan plan, MaintenanceResult result, string summary, IReadOnlyList<Finding> findings, DateTimeOffset now) =>
        NotBegun(plan.NodeName, plan.Steps.Select(step => step.Step), result, summary, findings, now);

    public static MaintenanceReport NotBegun(
        string nodeName, IEnumerable<string> steps, MaintenanceResult result, string summary, IReadOnlyList<Finding> findings, DateTimeOffset now) => new()
        {
            NodeName = nodeName,
            Result = result,
            Summary = summary,
            StartedAt = now,
            FinishedAt = now,
            Steps = [.. steps.Select(step => new StepReport { Step = step, Outcome = NotReached() })],
            Findings = findings,
        };

    private static StepOutcome NotReached() => new() { Result = StepResult.NotReached, Message = "not reached" };

    private async Task<MaintenanceReport> RunAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_maintenance.Options.Timeout, _services.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token, _lock?.Lost ?? CancellationToken.None);
        var ended = StepResult.Succeeded;
        for (var index = 0; index < _reports.Length && ended is StepResult.Succeeded or StepResult.Skipped; index++)
        {
            ended = await TakeTurnAsync(index, deadline, both.Token, cancellationToken).ConfigureAwait(false)
                ?? await RunStepAsync(index, both.Token, cancellationToken).ConfigureAwait(false);
        }

        // Without the lock nothing is written any more, not even an undo: somebody else may act on the node by now.
        if (ended is not (StepResult.Succeeded or StepResult.Skipped) && _maintenance.Options.OnFailure == UndoPolicy.Undo && _lock?.WhyLost is null)
        {
            await UndoAsync().ConfigureAwait(false);
        }

        await EventTrail.ConcludeAsync(_services, ended, Summarize(ResultOf(ended))).ConfigureAwait(false);
        return Report(ResultOf(ended));
    }

    private static MaintenanceResult ResultOf(StepResult ended) => ended switch
    {
        StepResult.Blocked => MaintenanceResult.Blocked,
        StepResult.Failed => MaintenanceResult.Failed,
        StepResult.TimedOut => MaintenanceResult.TimedOut,
        StepResult.Cancelled => MaintenanceResult.Cancelled,
        _ => MaintenanceResult.Succeeded,
    };

    /// <summary>What a step did is kept in the journal, if the maintenance has one, before the next one begins.</summary>
    private async Task<StepOutcome> ApplyAsync(IMaintenanceStep step, StepContext context, CancellationToken cancellationToken)
    {
        await NoteWayBackAsync(context, cancellationToken).ConfigureAwait(false);
        var outcome = await step.ApplyAsync(context, cancellationToken).ConfigureAwait(false);
        if (context.Handover.Find<OpenJournal>() is { } journal)
        {
            await journal.NoteAsync(context, context.Plan, outcome.Result, cancellationToken).ConfigureAwait(false);
        }

        return outcome;
    }

    /// <summary>In a batch, the first step that is more than preparation waits for the node's turn. That time is not the node's own.</summary>
    /// <returns>How the run ends, if the turn does not come any more; null to go on.</returns>
    private async Task<StepResult?> TakeTurnAsync(int index, CancellationTokenSource deadline, CancellationToken both, CancellationToken callers)
    {
        if (_turn is not { } turn || _maintenance.Steps[index].IsPreparation)
        {
            return null;
        }

        _turn = null;
        var left = _startedAt + _maintenance.Options.Timeout - _services.Time.GetUtcNow();
        deadline.CancelAfter(Timeout.InfiniteTimeSpan);
        _services.Events.Publish(new StepProgressed { Step = _maintenance.Steps[index].Name, Done = 0, Total = 0, Message = "waits for its turn" });
        var outcome = await GuardAsync(
            async () => await turn.EnterAsync(both).ConfigureAwait(false) is { } why
                ? StepOutcome.Blocked("BatchStopped", $"Prepared and not begun, because {why}")
                : StepOutcome.Succeeded("its turn"),
            () => "It waited for its turn.", () => "The run's", both, callers).ConfigureAwait(false);
        deadline.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        _notBegun = outcome.Result == StepResult.Succeeded ? null : outcome;
        return _notBegun?.Result;
    }

    /// <summary>A way back opens no window; that it is under way is noted in the journal that it will close, so that nobody resumes what it takes back.</summary>
    private async Task NoteWayBackAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Handover.Find<OpenJournal>() is not null || !_maintenance.Steps.OfType<CloseWindowStep>().Any() || OpenJournal.Find(context) is not { } journal)
        {
            return;
        }

        await journal.BeginAsync(context, _services.Procedure, cancellationToken).ConfigureAwait(false);
    }

    private async Task<StepResult> RunStepAsync(int index, CancellationToken both, CancellationToken callers)
    {
        var step = _maintenance.Steps[index];
        _step = step.Name;
        using var activity = Telemetry.Activities.StartActivity($"vmnodeops.step.{step.Name}");
        var context = new StepContext(_plan.Steps[index], _services);
        _services.Events.Publish(new StepStarted { Step = step.Name });
        var started = _services.Time.GetTimestamp();
        using var limit = new CancellationTokenSource(_maintenance.Options.StepTimeout ?? Timeout.InfiniteTimeSpan, _services.Time);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(both, limit.Token);
        string WhoseTime() => both.IsCancellationRequested ? "The run's" : $"The step's (StepTimeout, {_maintenance.Options.StepTimeout})";
        var outcome = await GuardAsync(() => ApplyAsync(step, context, all.Token), () => step.DescribePending(context), WhoseTime, all.Token, callers).ConfigureAwait(false);
        _reports[index] = _reports[index] with { Outcome = outcome, Duration = _services.Time.GetElapsedTime(started) };
        if (outcome.Result is not (StepResult.Succeeded or StepResult.Skipped))
        {
            activity?.SetStatus(ActivityStatusCode.Error, outcome.Message);
        }

        _services.Events.Publish(new StepFinished { Step = step.Name, Outcome = outcome });
        return outcome.Result;
    }

    /// <summary>Expected trouble becomes an outcome here; anything else is a bug and passes.</summary>
    private async Task<StepOutcome> GuardAsync(
        Func<Task<StepOutcome>> act, Func<string?> describePending, Func<string> whoseTime, CancellationToken both, CancellationToken callers)
    {
        try
        {
            both.ThrowIfCancellationRequested();
            return await act().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (callers.IsCancellationRequested)
        {
            return new StepOutcome { Result = StepResult.Cancelled, Code = "Cancelled", Message = $"Cancelled. {describePending()} {Trouble()}".Trim() };
        }
        catch (OperationCanceledException) when (_lock?.WhyLost is not null)
        {
            return StepOutcome.Blocked("LockLost", $"{_lock.WhyLost} Nothing more is written. {describePending()} {Trouble()}".Trim());
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            return StepOutcome.TimedOut($"{whoseTime()} time is up. {describePending()} {Trouble()}".Trim());
        }
        catch (WriteRefusedException exception)
        {
            return StepOutcome.Blocked(exception.Code, exception.Message);
        }
        catch (ClusterException exception)
        {
            return StepOutcome.Failed(exception.Cause.ToString(), $"{exception.Message} {describePending()}".Trim());
        }
    }

    private string Trouble() => (_services.Trouble.Last ?? _services.Node.Trouble) is { } last ? $"Lasting trouble: {last}" : "";

    /// <summary>Neither the caller's token nor the spent deadline counts any more, but the gate does.</summary>
    private async Task UndoAsync()
    {
        using var limit = new CancellationTokenSource(UndoTimeout, _services.Time);
        for (var index = _reports.Length - 1; index >= 0; index--)
        {
            if (_reports[index].Duration is null || _maintenance.Steps[index] is not IUndoableStep step)
            {
                continue;
            }

            _step = step.Name;
            var context = new StepContext(_plan.Steps[index], _services);
            var outcome = await GuardAsync(() => step.UndoAsync(context, limit.Token), () => null, () => "The undo's", limit.Token, CancellationToken.None).ConfigureAwait(false);
            _reports[index] = _reports[index] with { Undo = outcome };
            _services.Events.Publish(new StepFinished { Step = $"undo {step.Name}", Outcome = outcome });
        }
    }

    private string Summarize(MaintenanceResult result)
    {
        var last = _reports.LastOrDefault(step => step.Duration is not null);
        return _notBegun is { } notBegun ? $"Node {_maintenance.NodeName}: {notBegun.Message}" : result == MaintenanceResult.Succeeded
            ? $"Node {_maintenance.NodeName}: {string.Join(", ", _reports.Select(step => step.Step))} done."
            : $"Node {_maintenance.NodeName}, step {last?.Step}: {last?.Outcome.Message}";
    }

    private MaintenanceReport Report(MaintenanceResult result)
    {
        var machines = _services.Machines.All;
        foreach (var machine in machines.Where(machine => machine.AwayFor is not null))
        {
            Telemetry.Away.Record(machine.AwayFor!.Value.TotalSeconds, new KeyValuePair<string, object?>("vmnodeops.outcome", machine.Outcome.ToString()));
        }

        return new MaintenanceReport
        {
            NodeName = _maintenance.NodeName,
            Result = result,
            Summary = Summarize(result),
            StartedAt = _startedAt,
            FinishedAt = _services.Time.GetUtcNow(),
            Steps = [.. _reports],
            VirtualMachines = machines,
            Writes = _services.Writes.Records,
            Findings = [.. _plan.Steps.SelectMany(step => step.Findings), .. _services.Findings],
        };
    }
}
