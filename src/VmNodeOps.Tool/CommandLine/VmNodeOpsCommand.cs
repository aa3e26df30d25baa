using System.CommandLine;
using System.CommandLine.Help;
using VmNodeOps.Tool.Commands;
using VmNodeOps.Tool.Completion;

namespace VmNodeOps.Tool.CommandLine;

/// <summary>The tool as a whole.</summary>
internal sealed class VmNodeOpsCommand : RootCommand
{
    public VmNodeOpsCommand(ToolServices services)
        : base("Empties nodes of KubeVirt clusters for maintenance, brings them back, and recovers the virtual machines of crashed ones.")
    {
        foreach (var option in services.Options.All)
        {
            Options.Add(option);
        }

        var help = Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExitCodes((HelpAction)help.Action!);
        Subcommands.Add(new NodesCommand(services));
        Subcommands.Add(new VmsCommand(services));
        Subcommands.Add(new PlanCommand(services));
        Subcommands.Add(new DrainCommand(services));
        Subcommands.Add(new ReturnCommand(services));
        Subcommands.Add(new RecoverCommand(services));
        Subcommands.Add(new ApplyCommand(services, this));
        Subcommands.Add(new RunCommand(services));
        Subcommands.Add(new SchemaCommand(services));
        Subcommands.Add(new RbacCommand(services));
        Subcommands.Add(new ResumeCommand(services));
        Subcommands.Add(new SimulateCommand(services));
        Subcommands.Add(new CompletionCommand(services));
        Subcommands.Add(new CompleteCommand(services, this));
        OfferNodes(this, new NodeNames(services));
    }

    private static void OfferNodes(Command command, NodeNames names)
    {
        foreach (var argument in command.Arguments.Where(static argument => argument is NodeArgument or NodesArgument))
        {
            argument.CompletionSources.Add(names.Of);
        }

        foreach (var subcommand in command.Subcommands)
        {
            OfferNodes(subcommand, names);
        }
    }
}
