using System.CommandLine;
using System.Text.Json;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Rendering;
using VmNodeOps.Tool.Simulation;
using VmNodeOps.Tool.Terminal;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops simulate crash|cut-off|return NODE</c> and <c>vmnodeops simulate status</c>: from a second terminal what the prompt of the simulation does.</summary>
internal sealed class SimulatedHostCommand : Command
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ToolServices _services;

    private SimulatedHostCommand(ToolServices services, string name, string description)
        : base(name, description)
    {
        _services = services;
        Validators.Add(result =>
        {
            foreach (var option in new Option[] { services.Options.Context, services.Options.DryRun }.Where(option => result.GetResult(option) is { Implicit: false }))
            {
                result.AddError($"{option.Name} means nothing to `simulate {name}`, which does something to a simulation and no more.");
            }
        });
    }

    public static IEnumerable<Command> All(ToolServices services)
    {
        foreach (var (act, meaning) in HostNews.Acts)
        {
            var node = new NodeArgument();
            var command = new SimulatedHostCommand(services, act, $"In the simulation whose kubeconfig is given, {meaning}.");
            command.Arguments.Add(node);
            command.SetAction((parsed, token) => command.AskAsync(parsed, (client, asking) => command.ActAsync(client, parsed, act, parsed.GetRequiredValue(node), asking), token));
            yield return command;
        }

        var status = new SimulatedHostCommand(services, "status", "Shows which machines of the simulation have power and network.");
        status.SetAction((parsed, token) => status.AskAsync(parsed, (client, asking) => status.ShowAsync(client, parsed, asking), token));
        yield return status;
    }

    private async Task<int> AskAsync(ParseResult parsed, Func<SimulationClient, CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        using var client = SimulationClient.Open(parsed.GetValue(_services.Options.Kubeconfig));
        var patience = parsed.GetValue(_services.Options.Timeout) ?? Patience;
        using var deadline = new CancellationTokenSource(patience, _services.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await ask(client, both.Token);
            return (int)ExitCode.Done;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ToolException(ExitCode.TimedOut, $"The simulation did not answer within {patience}.");
        }
    }

    private async Task ActAsync(SimulationClient client, ParseResult parsed, string act, string node, CancellationToken cancellationToken)
    {
        var hosts = await client.ListAsync(cancellationToken);
        if (hosts.FirstOrDefault(host => host.Node == node) is not { } before)
        {
            throw new ToolException(ExitCode.Usage, HostNews.NoSuchNode(node, hosts.Select(static host => host.Node)));
        }

        var after = act == HostNews.Return ? await GiveBackAsync(client, node, cancellationToken) : await client.ActAsync(node, act, cancellationToken);
        if (_services.WantsJson(parsed))
        {
            _services.Console.WriteDocument(() => "", () => JsonSerializer.Serialize(after, ToolJson.Default.HostDocument), _services.FormOf(parsed));
        }

        if (!parsed.GetValue(_services.Options.Quiet))
        {
            _services.Console.Error.WriteLine(HostNews.Tell(act, node, before.HasPower, before.IsConnected));
        }
    }

    private static async Task<HostDocument> GiveBackAsync(SimulationClient client, string node, CancellationToken cancellationToken)
    {
        await client.ActAsync(node, "reconnect", cancellationToken);
        return await client.ActAsync(node, "power-on", cancellationToken);
    }

    private async Task ShowAsync(SimulationClient client, ParseResult parsed, CancellationToken cancellationToken)
    {
        var hosts = await client.ListAsync(cancellationToken);
        if (_services.WantsJson(parsed))
        {
            _services.Console.WriteDocument(() => "", () => JsonSerializer.Serialize(new HostListDocument { Hosts = hosts }, ToolJson.Default.HostListDocument), _services.FormOf(parsed));
            return;
        }

        var table = new TextTable("NODE", "POWER", "NETWORK");
        foreach (var host in hosts)
        {
            table.Add(host.Node, host.HasPower ? "on" : "off", host.IsConnected ? "yes" : "cut off");
        }

        table.WriteTo(_services.Console.Out);
    }
}
