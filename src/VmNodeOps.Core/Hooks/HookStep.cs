using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Calls code of the embedding program.</summary>
internal sealed class HookStep(string name, Func<StepContext, CancellationToken, Task> call) : IMaintenanceStep
{
    public string Name => name;

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new StepPlan
        {
            Step = Name,
            Actions = [new PlannedAction { Kind = ActionKind.Hook, What = $"call {name}", Why = "The embedding program asked for it; what it does is its own." }],
        });

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        try
        {
            await call(context, cancellationToken).ConfigureAwait(false);
            return StepOutcome.Succeeded("called");
        }
        catch (Exception exception)
            when (exception is not (WriteRefusedException or ClusterException) && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // Foreign code: that it fails is the step's outcome, and the report must not be lost over it.
            return StepOutcome.Failed("HookFailed", $"{name} threw {exception.GetType().Name}: {exception.Message}");
        }
    }
}
