using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops plan drain|recover|return NODE…</c>: what would be done to which object, and why. Writes nothing to the cluster.</summary>
internal sealed class PlanCommand : Command
{
    private readonly ToolServices _services;
    private readonly Option<string?> _save = new("--save")
    {
        Description = "Keeps the plan in a file, for `vmnodeops apply FILE`. One node at a time.",
        HelpName = "FILE",
        Recursive = true,
    };

    public PlanCommand(ToolServices services)
        : base("plan", "Shows what a command would do to which object, and why. Writes nothing to the cluster.")
    {
        _services = services;
        Options.Add(_save);
        var drain = new DrainInput();
        drain.AddTo(Add("drain", drain.OnlyNode, drain.OnOne, drain.OnAll));
        var node = new NodeArgument();
        Add("return", parsed => parsed.GetRequiredValue(node), static (_, name) => Procedures.Return(name), onAll: null).Arguments.Add(node);
        var recovery = new RecoveryInput();
        recovery.AddTo(Add("recover", recovery.OnlyNode, recovery.OnOne, recovery.OnAll), needsProof: false);
    }

    /// <param name="name">The command whose plan is shown.</param>
    /// <param name="onlyNode">The one node that was named; null if there are several.</param>
    /// <param name="onOne">What is done with one node.</param>
    /// <param name="onAll">What is done with several; null: one is all that can be named.</param>
    private Command Add(string name, Func<ParseResult, string?> onlyNode, Func<ParseResult, string, NodeMaintenance> onOne, Func<ParseResult, MaintenanceBatch>? onAll)
    {
        var command = new Command(name, $"Shows what `vmnodeops {name}` would do.");
        command.SetAction(async (parsed, token) =>
        {
            if (onlyNode(parsed) is { } node)
            {
                return await RunAsync(parsed, onOne(parsed, node), token);
            }

            if (parsed.GetValue(_save) is not null)
            {
                throw new ToolException(ExitCode.Usage, "A plan of one node can be saved; plan each by itself.");
            }

            var plan = await _services.ReadAsync(
                parsed, (cluster, reading) => _services.RunnerOn(cluster, parsed).PlanAsync(onAll!(parsed), reading), token);
            return new BatchRunning(_services, parsed).Show(plan);
        });
        Subcommands.Add(command);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, NodeMaintenance maintenance, CancellationToken cancellationToken)
    {
        var plan = await _services.ReadAsync(
            parsed, (cluster, token) => _services.RunnerOn(cluster, parsed).PlanAsync(maintenance, token), cancellationToken);
        _services.Console.Write(plan, _services.FormOf(parsed));
        if (parsed.GetValue(_save) is { } file)
        {
            SavedPlan.Write(file, parsed, plan);
        }

        return (int)ExitCodes.Of(plan);
    }
}
