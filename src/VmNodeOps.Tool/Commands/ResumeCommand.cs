using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops resume NODE</c>: goes on with whatever a run that died, or was cut short, has left under way on a node.</summary>
internal sealed class ResumeCommand : Command
{
    private readonly ToolServices _services;
    private readonly NodeArgument _node = new();
    private readonly Option<string?> _confirmedBy = new("--confirmed-by") { HelpName = "WHO", Description = "For a recovery: who answers for it that the node is off now." };
    private readonly Option<string?> _reason = new("--reason") { HelpName = "WHY", Description = "For a recovery: how they know." };

    public ResumeCommand(ToolServices services)
        : base("resume", "Goes on with what is under way on a node, as its journal has it: a drain, a return, a recovery.")
    {
        _services = services;
        Arguments.Add(_node);
        Options.Add(_confirmedBy);
        Options.Add(_reason);
        Validators.Add(result =>
        {
            if (string.IsNullOrWhiteSpace(result.GetValue(_confirmedBy)) != string.IsNullOrWhiteSpace(result.GetValue(_reason)))
            {
                result.AddError("--confirmed-by and --reason go together: who answers for it, and how they know.");
            }
        });
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var name = parsed.GetRequiredValue(_node);
        var evidence = parsed.GetValue(_confirmedBy) is { } who && !string.IsNullOrWhiteSpace(who) ? Evidence.OperatorConfirms(who, parsed.GetValue(_reason)!) : null;
        var unfinished = await _services.ReadAsync(
            parsed, (cluster, token) => _services.RunnerOn(cluster, parsed).FindUnfinishedAsync(name, evidence, token), cancellationToken);
        if (unfinished.Maintenance is not { } maintenance)
        {
            throw new ToolException(ExitCode.Refused, Explain(unfinished));
        }

        _services.Console.Error.WriteLine($"On node {name} is under way since {unfinished.Journal!.OpenedAt:u}: {string.Join(", ", maintenance.Steps.Select(step => step.Name))}.");
        var advice = $"The node stays as it is. To go on: vmnodeops resume {name}.";
        return await new MaintenanceRunning(_services, parsed).RunAsync(maintenance, asks: maintenance.Steps.Any(TakesAway), advice, cancellationToken);
    }

    /// <summary>The same commands ask that ask when they are given by name.</summary>
    private static bool TakesAway(IMaintenanceStep step) => step.Name is "drain" or "confirm-down";

    private static string Explain(UnfinishedMaintenance unfinished) => unfinished.Objection switch
    {
        { Code: "EvidenceNeeded" } needed => $"{needed.Message} Say who answers for it that the node is off: vmnodeops resume {unfinished.NodeName} --confirmed-by WHO --reason WHY. If it is back: vmnodeops return {unfinished.NodeName}.",
        { } objection => $"{objection.Message} {objection.Lift}",
        null => throw new InvalidOperationException("Nothing to run, and no reason why."),
    };
}
