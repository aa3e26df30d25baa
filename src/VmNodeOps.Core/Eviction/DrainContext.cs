using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What the evictions of one drain share.</summary>
internal sealed class DrainContext(StepContext step, DrainOptions options, NodeInventory inventory, MachineWatch machines, LiveView<Pod> pods) : IDisposable
{
    private readonly SemaphoreSlim _asking = new(1);
    private long _refusedAt = long.MinValue;
    private string _refusal = "";

    public StepContext Step => step;

    public DrainOptions Options => options;

    public NodeInventory Inventory => inventory;

    public MachineWatch Machines => machines;

    public LiveView<Pod> Pods => pods;

    public TimeProvider Time => step.Time;

    /// <summary>What the policy has to say before each eviction.</summary>
    public TreatmentGuard Guard { get; } = new(step, inventory, machines, DrainPlan.RuleOf(options));

    /// <summary>Progress of the drain as a whole: those who queue get on when others do.</summary>
    public Patience Patience { get; } = new(step.Time);

    public void Dispose() => _asking.Dispose();

    /// <summary>The proof that the node is down, asked for once by all; null if there is none.</summary>
    /// <returns>The evidence, or why there is none. A refusal holds for a while before the source is asked again.</returns>
    public async Task<(FencingEvidence? Evidence, string Refusal)> ProveDownAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (step.Handover.Find<FencingEvidence>() is { } known && step.Node.Silence is not null)
            {
                return (known, "");
            }

            if (_refusedAt != long.MinValue && Time.GetElapsedTime(_refusedAt) < options.StuckAfter)
            {
                return (null, _refusal);
            }

            var outcome = await NodeDownConfirmation.AskAsync(step, options.Escalation.Evidence!, cancellationToken).ConfigureAwait(false);
            if (outcome.Result == StepResult.Succeeded)
            {
                return (step.Handover.Find<FencingEvidence>(), "");
            }

            (_refusedAt, _refusal) = (Time.GetTimestamp(), outcome.Message);
            return (null, _refusal);
        }
        finally
        {
            _asking.Release();
        }
    }
}
