namespace VmNodeOps.Tests.Execution;

/// <summary>A step made of lambdas.</summary>
internal sealed class TestStep(string name, Func<StepContext, CancellationToken, Task<StepOutcome>>? apply = null) : IUndoableStep
{
    public string Name => name;

    public IReadOnlyList<Finding> Findings { get; init; } = [];

    public IReadOnlyList<PlannedAction> Actions { get; init; } = [];

    public string? Pending { get; init; }

    public List<string> Undone { get; init; } = [];

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new StepPlan { Step = name, Findings = Findings, Actions = Actions });

    public Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken) =>
        apply is null ? Task.FromResult(StepOutcome.Succeeded("done")) : apply(context, cancellationToken);

    public Task<StepOutcome> UndoAsync(StepContext context, CancellationToken cancellationToken)
    {
        Undone.Add(name);
        return Task.FromResult(StepOutcome.Succeeded("undone"));
    }

    public string? DescribePending(StepContext context) => Pending;
}
