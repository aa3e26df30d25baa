using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>
/// Keeps a node that the run has cordoned so while a step empties it: when somebody uncordons it in the middle, it is cordoned again and that is told. Machines would else come back to it as fast as
/// they leave. Whoever insists has the last word: after a few times it is only told.
/// </summary>
internal sealed class KeptCordon : IAsyncDisposable
{
    private const int Times = 3;
    private readonly StepContext _context;
    private readonly CancellationTokenSource _stop;
    private readonly Task _keeping;

    private KeptCordon(StepContext context, CancellationToken cancellationToken)
    {
        _context = context;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _keeping = Task.Run(KeepAsync, CancellationToken.None);
    }

    /// <summary>Begins, if the run has cordoned the node or found it cordoned; else there is nothing to keep, and null.</summary>
    public static KeptCordon? Begin(StepContext context, CancellationToken cancellationToken) =>
        context.Handover.Find<Cordoned>() is null ? null : new KeptCordon(context, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task KeepAsync()
    {
        try
        {
            for (var again = 0; again <= Times; again++)
            {
                // The watch may still be behind our own cordon: only what was seen cordoned can be seen uncordoned.
                await _context.Node.WaitUntilAsync(static node => node is { Unschedulable: true }, _stop.Token).ConfigureAwait(false);
                await _context.Node.WaitUntilAsync(static node => node is { Unschedulable: false }, _stop.Token).ConfigureAwait(false);
                Tell(again < Times);
                if (again < Times)
                {
                    await _context.PersevereAsync(token => _context.Gate.ChangeNodeAsync("cordon", new NodeChange { Unschedulable = true }, token), _stop.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is WriteRefusedException or ClusterException)
        {
            _context.ReportFinding(new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "CordonNotKept",
                Message = $"Node {_context.Node.Planned.Name} is not kept cordoned any more: {exception.Message}",
                Lift = $"Look whether it is: kubectl get node {_context.Node.Planned.Name}",
            });
        }
    }

    private void Tell(bool isCordonedAgain) => _context.ReportFinding(new Finding
    {
        Severity = FindingSeverity.Warning,
        Code = "UncordonedByOthers",
        Message = $"Node {_context.Node.Planned.Name} was uncordoned by somebody else while it is emptied; {(isCordonedAgain ? "it is cordoned again." : "it is left so now, after it was cordoned again several times.")}",
        Lift = isCordonedAgain
            ? "If it is to stay in service, cancel the run."
            : $"Find out who does it; what is scheduled to the node is still drained. Then: kubectl cordon {_context.Node.Planned.Name}",
        Object = Refer.To(_context.Node.Planned),
    });
}

/// <summary>Tells the steps that follow that this run wants the node cordoned.</summary>
internal sealed record Cordoned;
