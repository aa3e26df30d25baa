using VmNodeOps.Testing;
using VmNodeOps.Testing.Hosts;

namespace VmNodeOps.Tool.Simulation;

/// <summary>Lets a person do to the simulated cluster what no API can: take a node's power, cut it off, bring it back.</summary>
internal sealed class Playground(SimulatedCluster cluster, HostConsole console)
{
    private const string Orders = "crash NODE | cut-off NODE | return NODE | help | quit";

    /// <summary>Takes orders until there are no more or one says to quit; without anybody at the keyboard, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await console.ReadLineAsync(cancellationToken) is { } line)
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words is ["quit"] or ["exit"])
            {
                return;
            }

            if (words.Length > 0)
            {
                console.Error.WriteLine(Obey(words));
            }
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, cluster.Time, cancellationToken);
    }

    private string Obey(string[] words)
    {
        if (words is not [var order, var node] || order is not ("crash" or "cut-off" or "return"))
        {
            return $"Orders: {Orders}";
        }

        if (cluster.Hosts.FirstOrDefault(host => host.NodeName == node) is not { } machine)
        {
            return $"There is no node {node}; there are {string.Join(", ", cluster.Hosts.Select(host => host.NodeName))}.";
        }

        switch (order)
        {
            case "crash":
                cluster.CrashNode(node);
                return $"The machine of {node} has lost its power. In about 40 seconds its node is no longer Ready; then: vmnodeops recover {node} --confirmed-by you --reason \"I pulled the plug\"";
            case "cut-off":
                cluster.CutOffNode(node);
                return $"{node} no longer reaches the API server. Its virtual machines run on: this is when a recovery would make second copies of them.";
            default:
                return Return(node, machine);
        }
    }

    private string Return(string node, SimulatedHost machine)
    {
        if (machine.HasPower)
        {
            cluster.ReconnectNode(node);
            return $"{node} reaches the API server again.";
        }

        cluster.PowerOnNode(node);
        return $"The machine of {node} boots.";
    }
}
