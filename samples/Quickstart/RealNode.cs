using Spectre.Console;
using VmNodeOps;
using VmNodeOps.Kubernetes;

namespace Quickstart;

/// <summary>Drains a node of a real cluster: shows the plan, asks, runs exactly that plan.</summary>
internal static class RealNode
{
    public static async Task<int> RunAsync(IAnsiConsole console, string kubeconfig, string context, string node, CancellationToken cancellationToken)
    {
        using var cluster = KubernetesCluster.FromKubeConfig(kubeconfig, context);
        var runner = new MaintenanceRunner(cluster);
        var drain = NodeMaintenance.OnNode(node).GracefulShutdown();
        var plan = await runner.PlanAsync(drain, cancellationToken);
        Console.WriteLine(plan.ToText());
        if (plan.IsRefused)
        {
            return 3;
        }

        if (Console.IsInputRedirected || Console.IsOutputRedirected || !await console.ConfirmAsync($"Drain {node} as planned?", defaultValue: false, cancellationToken))
        {
            Console.Error.WriteLine("Nothing was done.");
            return 3;
        }

        var inventory = await NodeInventory.ReadAsync(cluster, node, cancellationToken);
        var report = await new MachineBoard(console, inventory, TimeProvider.System).FollowAsync(runner.StreamAsync(drain, plan, cancellationToken));
        Console.WriteLine(report.ToText());
        if (report.Succeeded && await console.ConfirmAsync($"Return {node} to service?", defaultValue: false, cancellationToken))
        {
            Console.WriteLine((await runner.RunAsync(NodeMaintenance.OnNode(node).ReturnToService(), cancellationToken: cancellationToken)).ToText());
        }

        return report.Succeeded ? 0 : 1;
    }
}
