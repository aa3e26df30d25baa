using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;

namespace VmNodeOps.Tool.Tests.Documentation;

/// <summary>The code of README.md, compiled here and run by <see cref="ReadmeTests"/>; the test compares the texts between the marks with the README's blocks.</summary>
internal static class ReadmeExamples
{
    public static async Task<MaintenanceReport> DrainAsync(string kubeconfig, TextWriter output, CancellationToken cancellationToken)
    {
        // example: drain
        using var cluster = KubernetesCluster.FromKubeConfig(kubeconfig);    // or FromDefaults(): whatever kubectl would use

        var report = await NodeMaintenance.OnNode("worker-1").GracefulShutdown().RunAsync(cluster, cancellationToken);

        output.WriteLine(report.ToText());
        report.EnsureSucceeded();
        // end
        return report;
    }

    public static async Task<MaintenanceReport> RecoverAsync(IClusterClient cluster, CancellationToken cancellationToken)
    {
        // example: recover
        var evidence = Evidence.OperatorConfirms("ops@example.com", "PSU burnt, rack power off");
        var report = await NodeMaintenance.OnNode("worker-2").RecoverFromCrash(evidence).RunAsync(cluster, cancellationToken);
        // end
        return report;
    }

    public static async Task<MaintenanceReport> ApproveAsync(IClusterClient cluster, TextWriter output, CancellationToken cancellationToken)
    {
        // example: approve
        var drain = NodeMaintenance.OnNode("worker-1").GracefulShutdown();

        var plan = await drain.PlanAsync(cluster, cancellationToken);           // reads only
        output.WriteLine(plan.ToText());                                        // or ToJson(), to be approved by somebody else

        var report = await drain.RunAsync(cluster, plan, cancellationToken);    // exactly this plan, or nothing and a word on what has changed
        // end
        return report;
    }

    public static async Task<BatchReport> DrainRackAsync(IClusterClient cluster, CancellationToken cancellationToken)
    {
        // example: batch
        var rack = NodeMaintenance.OnNodesLabelled("rack=7")                    // or OnNodes("worker-1", "worker-2")
            .Each(node => node.GracefulShutdown(drain => drain with { StuckAfter = TimeSpan.FromMinutes(5) }))
            .With(batch => batch with { MaxNodesAtOnce = 2 });                  // all are cordoned before the first is emptied

        BatchReport report = await rack.RunAsync(cluster, cancellationToken);
        // end
        return report;
    }

    public static NodeMaintenance Compose(Func<string, CancellationToken, Task> powerOffAsync)
    {
        // example: compose
        var maintenance = NodeMaintenance.OnNode("worker-1")
            .With(options => options with { Timeout = TimeSpan.FromMinutes(30), OnFailure = UndoPolicy.Undo })
            .Cordon()
            .Drain()
            .WaitUntilVirtualMachinesRunElsewhere()
            .ThenCall("power-off", (context, token) => powerOffAsync(context.Node.Planned.Name.Name, token));
        // end
        return maintenance;
    }

    public static async Task FollowAsync(IClusterClient cluster, NodeMaintenance maintenance, TextWriter output, CancellationToken cancellationToken)
    {
        // example: follow
        await foreach (var happened in new MaintenanceRunner(cluster).StreamAsync(maintenance, cancellationToken: cancellationToken))
        {
            output.WriteLine($"{happened.Sequence} {happened.Describe()}");
        }
        // end
    }

    public static void Register(IServiceCollection services, IConfiguration configuration)
    {
        // example: register
        services.AddNodeMaintenance("east", configuration.GetSection("Clusters:East"));
        services.AddNodeMaintenance("west", configuration.GetSection("Clusters:West"));
        // end
    }

    // example: inject
    public sealed class NightShift([FromKeyedServices("east")] INodeMaintenanceRunner runner)
    {
        public Task<MaintenanceReport> EmptyAsync(string node, CancellationToken cancellationToken) =>
            runner.RunAsync(NodeMaintenance.OnNode(node).GracefulShutdown(), cancellationToken: cancellationToken);
    }
    // end

    public static async Task TestAsync()
    {
        // example: test
        await using var simulated = await SimulatedCluster.StartAsync(builder => builder
            .WithNodes("worker-1", "worker-2")
            .WithVirtualMachine("db", machine => machine.On("worker-1").WithDisk()));
        simulated.WriteKubeconfig("kubeconfig.yaml");
        using var cluster = KubernetesCluster.FromKubeConfig("kubeconfig.yaml", options: new() { TimeProvider = simulated.Time });

        var report = await new MaintenanceRunner(cluster, simulated.Time).RunAsync(NodeMaintenance.OnNode("worker-1").GracefulShutdown());

        Assert.True(report.Succeeded);
        Assert.Equal("worker-2", simulated.Guests.Of("db").Single().Node);
        Assert.Empty(simulated.Guests.Doubles);
        // end
    }
}
