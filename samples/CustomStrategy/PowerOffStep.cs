using VmNodeOps;

namespace CustomStrategy;

/// <summary>What a runbook can write for the step.</summary>
internal sealed record PowerOffOptions
{
    /// <summary>How long the machine may take to settle before its outlet is switched.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Switches an empty node off. It plans, so that a dry run shows it, and it acts on the run's clock.</summary>
internal sealed class PowerOffStep(PowerStrip strip, PowerOffOptions options) : IMaintenanceStep
{
    public string Name => "power-off";

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken) => Task.FromResult(new StepPlan
    {
        Step = Name,
        Actions = [new PlannedAction { Kind = ActionKind.Other, What = $"switch off {context.Node.Name}", Why = "It is empty by then." }],
    });

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        await Task.Delay(options.Grace, context.Time, cancellationToken);
        strip.SwitchOff(context.Node.Planned.Name.Name);
        return StepOutcome.Succeeded("switched off");
    }
}
