using System.Runtime.CompilerServices;
using VmNodeOps;

namespace PlatformApi;

/// <summary>How far a maintenance is.</summary>
internal enum MaintenanceState
{
    /// <summary>Planned, and waiting for approval.</summary>
    Planned,

    /// <summary>Approved, and under way.</summary>
    Running,

    /// <summary>Ended; the report says how.</summary>
    Ended,

    /// <summary>Withdrawn before it was approved; nothing was written.</summary>
    Withdrawn,
}

/// <summary>One plan and what became of it: who approved it, the events of its run, its report.</summary>
internal sealed class Maintenance(NodeMaintenance steps, MaintenancePlan plan, CancellationToken stopping)
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private readonly List<MaintenanceEvent> _events = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id { get; } = Guid.NewGuid().ToString("n");

    public NodeMaintenance Steps => steps;

    public MaintenancePlan Plan => plan;

    public MaintenanceState State { get; private set; }

    public string? ApprovedBy { get; private set; }

    public MaintenanceReport? Report { get; private set; }

    /// <summary>Why there is no report: the run could not begin.</summary>
    public string? Trouble { get; private set; }

    public CancellationToken Cancelled => _cancellation.Token;

    public Task CancelAsync() => _cancellation.CancelAsync();

    /// <returns>Whether it waited for approval until now: of two who approve, one is late.</returns>
    public bool TryApprove(string by) => TryMove(MaintenanceState.Planned, MaintenanceState.Running, approvedBy: by);

    /// <returns>Whether it waited for approval until now.</returns>
    public bool TryWithdraw() => TryMove(MaintenanceState.Planned, MaintenanceState.Withdrawn);

    public void End(string? trouble = null) => TryMove(MaintenanceState.Running, MaintenanceState.Ended, trouble: trouble);

    public void Add(MaintenanceEvent happened)
    {
        lock (_gate)
        {
            _events.Add(happened);
            Report = (happened as RunFinished)?.Report ?? Report;
            Tell();
        }
    }

    /// <summary>The events after one, as they happen, until there are no more.</summary>
    public async IAsyncEnumerable<MaintenanceEvent> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var (news, ended, changed) = Look(after);
            foreach (var happened in news)
            {
                yield return happened;
                after = happened.Sequence;
            }

            if (ended)
            {
                yield break;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private (MaintenanceEvent[] News, bool Ended, Task Changed) Look(long after)
    {
        lock (_gate)
        {
            return ([.. _events.SkipWhile(happened => happened.Sequence <= after)], State is MaintenanceState.Ended or MaintenanceState.Withdrawn, _changed.Task);
        }
    }

    private bool TryMove(MaintenanceState from, MaintenanceState to, string? approvedBy = null, string? trouble = null)
    {
        lock (_gate)
        {
            if (State != from)
            {
                return false;
            }

            (State, ApprovedBy, Trouble) = (to, approvedBy ?? ApprovedBy, trouble);
            Tell();
            return true;
        }
    }

    private void Tell()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
