using VmNodeOps.Testing;
using VmNodeOps.Tool.Terminal;

namespace VmNodeOps.Tool.Simulation;

/// <summary>Lets a person do to the simulated cluster what no API can: take a node's power, cut it off, bring it back.</summary>
internal sealed class Playground(SimulatedCluster cluster, HostConsole console)
{
    /// <summary>Takes orders until there are no more or one says to quit; without anybody at the keyboard, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await NextLineAsync(cancellationToken) is { } line)
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words is ["quit"] or ["exit"])
            {
                return;
            }

            if (words.Length > 0)
            {
                Obey(words);
            }
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, cluster.Time, cancellationToken);
    }

    private Task<string?> NextLineAsync(CancellationToken cancellationToken)
    {
        if (console.CanAsk)
        {
            console.Error.Write("simulate> ");
            console.Error.Flush();
        }

        return console.ReadLineAsync(cancellationToken);
    }

    private void Obey(string[] words)
    {
        switch (words)
        {
            case ["help" or "?"]:
                Help();
                break;
            case ["status"]:
                ShowHosts();
                break;
            case [HostNews.Crash or HostNews.CutOff or HostNews.Return, var node]:
                console.Error.WriteLine(Act(words[0], node));
                break;
            case [HostNews.Crash or HostNews.CutOff or HostNews.Return, ..]:
                console.Error.WriteLine($"Which node? {words[0]} takes one name: {string.Join(", ", cluster.Hosts.Select(host => host.NodeName))}.");
                break;
            default:
                console.Error.WriteLine($"'{Printable.Line(words[0])}' is no order here.{NearestName.Hint(words[0], ["status", "help", "quit", .. HostNews.Acts.Select(static act => act.Act)])}");
                Help();
                break;
        }
    }

    private void Help()
    {
        foreach (var (act, meaning) in HostNews.Acts)
        {
            console.Error.WriteLine($"  {$"{act} NODE",-14}{meaning}");
        }

        console.Error.WriteLine($"  {"status",-14}shows which machines have power and network, and what really runs on them");
        console.Error.WriteLine($"  {"quit",-14}ends the simulation, as Ctrl+C does");
    }

    private void ShowHosts()
    {
        var table = new TextTable("NODE", "POWER", "NETWORK", "GUESTS");
        foreach (var host in cluster.Hosts)
        {
            var guests = cluster.Guests.On(host.NodeName).Select(static guest => $"{guest.Namespace}/{guest.Name}").Order(StringComparer.Ordinal);
            table.Add(host.NodeName, host.HasPower ? "on" : "off", host.IsConnected ? "yes" : "cut off", string.Join(" ", guests));
        }

        table.WriteTo(console.Error);
    }

    private string Act(string act, string node)
    {
        if (cluster.Hosts.FirstOrDefault(host => host.NodeName == node) is not { } machine)
        {
            return HostNews.NoSuchNode(node, cluster.Hosts.Select(static host => host.NodeName));
        }

        var (hadPower, wasConnected) = (machine.HasPower, machine.IsConnected);
        switch (act)
        {
            case HostNews.Crash:
                cluster.CrashNode(node);
                break;
            case HostNews.CutOff:
                cluster.CutOffNode(node);
                break;
            default:
                GiveBack(node);
                break;
        }

        return HostNews.Tell(act, node, hadPower, wasConnected);
    }

    private void GiveBack(string node)
    {
        cluster.ReconnectNode(node);
        cluster.PowerOnNode(node);
    }
}
