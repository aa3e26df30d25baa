#:package VmNodeOps.Scripting@0.1.0
using System.Threading;
using System.Threading.Tasks;
using VmNodeOps;
using VmNodeOps.Scripting;

// A drain that ends with a step of one's own. --set ticket=OPS-12
return await MaintenanceScript.RunAsync(args, script => script.OnNode().GracefulShutdown().Then(new CloseTicket(script.Value("ticket"))));

/// <summary>Has the same power as the library's steps: it plans, so that a dry run shows it, and it acts.</summary>
sealed class CloseTicket : IMaintenanceStep
{
    private readonly string _ticket;

    public CloseTicket(string ticket) => _ticket = ticket;

    public string Name => "close-ticket";

    public Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken) => Task.FromResult(new StepPlan
    {
        Step = Name,
        Actions = new[] { new PlannedAction { Kind = ActionKind.Other, What = $"close ticket {_ticket}", Why = $"Node {context.Node.Name} is empty then." } },
    });

    public Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(StepOutcome.Succeeded($"{_ticket} closed"));
}
