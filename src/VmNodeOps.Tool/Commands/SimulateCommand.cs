using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using VmNodeOps.Testing;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Rendering;
using VmNodeOps.Tool.Simulation;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops simulate</c>: a simulated cluster to play with, by this tool, kubectl or any other client.</summary>
internal sealed class SimulateCommand : Command
{
    private readonly ToolServices _services;
    private readonly Option<int> _nodes = Count("--nodes", "How many nodes.", 3, 1, 200);
    private readonly Option<int> _machines = Count("--vms", "How many virtual machines.", 12, 0, 2000);
    private readonly Option<string> _file = new("--kubeconfig-out")
    {
        Description = "The file to write the cluster's kubeconfig to. It goes when the cluster does.",
        HelpName = "FILE",
        Required = true,
    };

    public SimulateCommand(ToolServices services)
        : base("simulate", "Runs a simulated cluster with KubeVirt until Ctrl+C, to play with: by this tool, kubectl or any other client.")
    {
        _services = services;
        Options.Add(_nodes);
        Options.Add(_machines);
        Options.Add(_file);
        Validators.Add(result =>
        {
            foreach (var option in new Option[] { services.Options.Kubeconfig, services.Options.Context, services.Options.DryRun }.Where(option => result.GetResult(option) is { Implicit: false }))
            {
                result.AddError($"{option.Name} means nothing to simulate, which makes a cluster of its own and changes no other; --kubeconfig-out says where its kubeconfig goes.");
            }
        });
        foreach (var command in SimulatedHostCommand.All(services))
        {
            Subcommands.Add(command);
        }

        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = KubeconfigFile.Reserve(parsed.GetRequiredValue(_file));
        using var time = SimulatedTime.RealTime();
        await using var cluster = await PlayCluster.StartAsync(parsed.GetValue(_nodes), parsed.GetValue(_machines), time, cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (parsed.GetValue(_services.Options.Timeout) is { } timeout)
        {
            end.CancelAfter(timeout);
        }

        file.Write(cluster);
        try
        {
            Introduce(parsed, cluster, file.Path);
            await new Playground(cluster, _services.Console).RunAsync(end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Ctrl+C is how this command is meant to end, or its time.
        }
        finally
        {
            file.Delete();
        }

        if (!parsed.GetValue(_services.Options.Quiet))
        {
            _services.Console.Error.WriteLine("The simulated cluster is gone.");
        }

        return (int)ExitCode.Done;
    }

    private void Introduce(ParseResult parsed, SimulatedCluster cluster, string path)
    {
        var node = cluster.Hosts[0].NodeName;
        _services.Console.WriteDocument(() => $"{path}\n", () => JsonSerializer.Serialize(new SimulationDocument { Kubeconfig = path, Server = cluster.Address }, ToolJson.Default.SimulationDocument), _services.FormOf(parsed));
        if (parsed.GetValue(_services.Options.Quiet))
        {
            return;
        }

        _services.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            A simulated cluster of {cluster.Hosts.Count} nodes runs at {cluster.Address} until Ctrl+C. Time passes as on the wall.

            In another terminal:
              export KUBECONFIG={path}
              vmnodeops nodes
              vmnodeops vms {node}
              vmnodeops plan drain {node}
              vmnodeops drain {node}
              vmnodeops return {node}
              kubectl get nodes,pods,vmis -A -o wide

            To try a recovery, here or there with `vmnodeops simulate` in front:
              crash {node}      takes the power from its machine (cut-off {node}: only the network)
              return {node}     brings it back
              help                what else can be said here
            """));
    }

    private static Option<int> Count(string name, string description, int usual, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= least && count <= most))
            {
                result.AddError($"{name} takes a number from {least} to {most}, not '{token.Value}'.");
            }
        });
        return option;
    }
}
