using System.CommandLine;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops plan drain|recover|return NODE</c>: what would be done to which object, and why. Writes nothing to the cluster.</summary>
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
        AddDrain();
        Add("return", "Shows what `vmnodeops return` would do.", static (node, _) => Procedures.Return(node));
        var recovery = new RecoveryArguments();
        recovery.AddTo(Add("recover", "Shows what `vmnodeops recover` would do.", recovery.Read), needsProof: false);
    }

    private void AddDrain()
    {
        var input = new DrainInput();
        var command = new Command("drain", "Shows what `vmnodeops drain` would do.");
        input.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            if (input.OnlyNode(parsed) is { } node)
            {
                return await RunAsync(parsed, input.OnOne(parsed, node), token);
            }

            if (parsed.GetValue(_save) is not null)
            {
                throw new ToolException(ExitCode.Usage, "A plan of one node can be saved; plan each by itself.");
            }

            var plan = await _services.ReadAsync(
                parsed, (cluster, reading) => _services.RunnerOn(cluster, parsed).PlanAsync(input.OnAll(parsed), reading), token);
            return new BatchRunning(_services, parsed).Show(plan);
        });
        Subcommands.Add(command);
    }

    private Command Add(string name, string description, Func<string, ParseResult, NodeMaintenance> procedure)
    {
        var node = new NodeArgument();
        var command = new Command(name, description);
        command.Arguments.Add(node);
        command.SetAction((parsed, token) => RunAsync(parsed, procedure(parsed.GetRequiredValue(node), parsed), token));
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
