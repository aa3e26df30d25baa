using System.Globalization;

namespace VmNodeOps;

/// <summary>Waits until nothing of the selection has been on the node for a while; what comes meanwhile is drained too, and awaited elsewhere.</summary>
/// <remarks>A cordon keeps away what the scheduler places. It does not keep away what names its node itself, or a migration that began before it.</remarks>
internal sealed class StayEmptyStep(DrainOptions options) : IRememberedStep
{
    public string Name => "stay-empty";

    public object? Remembered => options;

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        await NodeInventory.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        return new StepPlan
        {
            Step = Name,
            Rights = DrainPlan.Rights(context.Node.Name.Name),
            Actions =
            [
                new PlannedAction
                {
                    Kind = ActionKind.Wait,
                    What = $"wait until node {context.Node.Name} has been empty for {Seconds}",
                    Why = "What comes to it all the same leaves it too, and the time begins anew.",
                },
            ],
        };
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        var inventory = context.Handover.Find<NodeInventory>()!;
        var machines = MachineWatch.GetOrBegin(context, inventory);
        var late = 0;
        while (true)
        {
            var drainage = new Drainage(context, options, inventory, machines, context.Handover.Find<Drainage>());
            context.Handover.Put(drainage);
            var outcome = await drainage.RunAsync(null, DrainStep.DrainageSelection(inventory.NodeName, options), options.EmptyFor, cancellationToken).ConfigureAwait(false);
            if (outcome.Result is not (StepResult.Succeeded or StepResult.Skipped))
            {
                return outcome;
            }

            if (drainage.Count == 0)
            {
                return StepOutcome.Succeeded(late == 0 ? $"empty for {Seconds}" : $"empty for {Seconds}; {late} {(late == 1 ? "pod" : "pods")} came late and left");
            }

            late += drainage.Count;
            await machines.WaitUntilSettledAsync(
                (done, total) => context.ReportProgress(done, total, $"{total - done} virtual machines to go"), cancellationToken).ConfigureAwait(false);
        }
    }

    public string? DescribePending(StepContext context) =>
        context.Handover.Find<Drainage>()?.DescribePending() ?? $"Node {context.Node.Planned.Name} has not been empty for {Seconds} yet.";

    private string Seconds => options.EmptyFor.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture) + " s";
}
