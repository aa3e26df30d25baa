using System.CommandLine;
using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Running;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops rbac drain|return|recover|run</c>: the least role with which a command works, as YAML.</summary>
/// <remarks>The rights are those of a plan, which says them whatever stands against it; it is made on a simulated cluster, so that nobody needs rights to learn which ones to ask for.</remarks>
internal sealed class RbacCommand : Command
{
    private const string Node = "worker-1";
    private readonly ToolServices _services;

    public RbacCommand(ToolServices services)
        : base("rbac", "Writes the least role with which a command works, as YAML for kubectl apply. Talks to no cluster.")
    {
        _services = services;
        var (flags, policy) = (new DrainFlags(), new PolicyOptions());
        var drain = Add(
            "drain", "The role of `vmnodeops drain`.", parsed => Procedures.Drain(NodeMaintenance.OnNode(Node), it => policy.Apply(parsed, flags.Read(parsed, it))));
        flags.AddTo(drain);
        policy.AddTo(drain);
        Add("return", "The role of `vmnodeops return`.", _ => Procedures.Return(Node));
        var starts = RecoveryArguments.StartWhatStaysDown();
        Add("recover", "The role of `vmnodeops recover`.", parsed => Procedures.Recover(NodeMaintenance.OnNode(Node), new NobodyYet(), new RecoveryOptions { StartWhatStaysDown = parsed.GetValue(starts) }))
            .Options.Add(starts);
        AddRunbook();
    }

    private Command New(string name, string description)
    {
        var command = new Command(name, description);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_services.Options.Output) is { Tokens: [{ Value: "json" or "jsonl" }] })
            {
                result.AddError("rbac writes YAML, for kubectl apply, and has no other form: leave out --output.");
            }
        });
        return command;
    }

    private Command Add(string name, string description, Func<ParseResult, NodeMaintenance> procedure)
    {
        var command = New(name, description);
        command.SetAction((parsed, token) => WriteAsync($"vmnodeops-{name}", procedure(parsed), token));
        Subcommands.Add(command);
        return command;
    }

    private void AddRunbook()
    {
        var words = new RunbookArguments();
        var command = New("run", "The role of a runbook.");
        words.AddTo(command);
        command.SetAction((parsed, token) =>
        {
            // The nodes of a runbook differ in nothing but their names.
            var maintenance = words.Read(parsed).Maintenances[0];
            return WriteAsync("vmnodeops-run", maintenance.Steps.Aggregate(NodeMaintenance.OnNode(Node), static (all, step) => all.Then(step)), token);
        });
        Subcommands.Add(command);
    }

    private async Task<int> WriteAsync(string name, NodeMaintenance maintenance, CancellationToken cancellationToken)
    {
        using var time = SimulatedTime.Virtual();
        await using var cluster = await (new SimulatedClusterBuilder { Time = time })
            .WithNodes(Node, "worker-2")
            .WithVirtualMachine("any", machine => machine.On(Node).WithDisk())
            .StartAsync(cancellationToken);
        var kubeconfig = Path.Combine(Path.GetTempPath(), $"vmnodeops-{Guid.NewGuid():N}.yaml");
        try
        {
            cluster.WriteKubeconfig(kubeconfig);
            using var client = KubernetesCluster.FromKubeConfig(kubeconfig, options: new() { TimeProvider = time });
            var plan = await new MaintenanceRunner(client, time).PlanAsync(maintenance, cancellationToken);
            _services.Console.Out.Write(LeastRole.ToYaml(name, plan.Rights));
            return (int)ExitCode.Done;
        }
        finally
        {
            File.Delete(kubeconfig);
        }
    }
}
