using System.Globalization;
using Spectre.Console;
using VmNodeOps;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes;
using VmNodeOps.Testing;

namespace Quickstart;

/// <summary>Drain, return, crash, recovery on a simulated cluster.</summary>
internal static class SimulatedTour
{
    private const int Speed = 10;

    public static async Task RunAsync(IAnsiConsole console, CancellationToken cancellationToken)
    {
        using var time = SimulatedTime.RealTime(Speed);
        await using var simulated = await Scene.StartAsync(time, cancellationToken);
        var kubeconfig = Path.GetTempFileName();
        simulated.WriteKubeconfig(kubeconfig);
        using var cluster = KubernetesCluster.FromKubeConfig(kubeconfig, options: new KubernetesClusterOptions { TimeProvider = time });
        File.Delete(kubeconfig);
        var runner = new MaintenanceRunner(cluster, time);

        Heading(console, "A simulated cluster");
        console.WriteLine($"3 nodes and 12 virtual machines behind a real HTTPS API at {simulated.Address}, in this process.");
        console.WriteLine($"Its clock runs {Speed} times as fast as yours; every time below is the cluster's.");

        Heading(console, "worker-1 is to be maintained: drain it");
        // build-1 is started by hand only and would stay down, which a drain refuses. It is shut down first, and started again when the node returns.
        var maintenance = NodeMaintenance.OnNode("worker-1").GracefulShutdown(drain => drain with
        {
            Policy = drain.Policy with { StaysDown = VirtualMachineTreatment.ShutDownUntilReturn },
        });
        var drain = await RunAsync(console, cluster, runner, maintenance, time, cancellationToken);
        console.WriteLine(drain.ToText());

        Heading(console, "Maintenance is over: return worker-1 to service");
        var back = await runner.RunAsync(NodeMaintenance.OnNode("worker-1").ReturnToService(), cancellationToken: cancellationToken);
        console.WriteLine(back.ToText());

        Heading(console, "worker-2 loses its power");
        simulated.CrashNode("worker-2");
        await WaitUntilSilentAsync(console, cluster, "worker-2", cancellationToken);
        await CompareAsync(console, cluster, simulated, cancellationToken);

        Heading(console, "An operator has looked: recover worker-2");
        var evidence = Evidence.OperatorConfirms("ops@example.com", "PSU burnt, rack power off");
        var recovery = await RunAsync(console, cluster, runner, NodeMaintenance.OnNode("worker-2").RecoverFromCrash(evidence), time, cancellationToken);
        console.WriteLine(recovery.ToText());

        Heading(console, "What really runs");
        console.WriteLine("Asked of the simulated hosts, which no API object can speak for:");
        foreach (var host in simulated.Hosts)
        {
            console.WriteLine($"  {host.NodeName}: {string.Join(", ", simulated.Guests.On(host.NodeName).Select(guest => guest.Name).DefaultIfEmpty("nothing"))}");
        }

        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Two guests of one machine, or on one disk, ran together {simulated.Guests.Doubles.Count} times."));
    }

    private static async Task<MaintenanceReport> RunAsync(
        IAnsiConsole console, IClusterClient cluster, MaintenanceRunner runner, NodeMaintenance maintenance, TimeProvider time, CancellationToken cancellationToken)
    {
        var inventory = await NodeInventory.ReadAsync(cluster, maintenance.NodeName, cancellationToken);
        return await new MachineBoard(console, inventory, time).FollowAsync(runner.StreamAsync(maintenance, cancellationToken: cancellationToken));
    }

    private static Task WaitUntilSilentAsync(IAnsiConsole console, IClusterClient cluster, string node, CancellationToken cancellationToken) =>
        console.Status().StartAsync($"waiting until Kubernetes notices that {node} is silent (about 40 seconds of the cluster's time)", async _ =>
        {
            await foreach (var change in cluster.Nodes.WatchAsync(Selection.Named(new ObjectName(node)), cancellationToken: cancellationToken))
            {
                if (change.Object is { Ready: ConditionStatus.Unknown })
                {
                    return;
                }
            }
        });

    private static async Task CompareAsync(IAnsiConsole console, IClusterClient cluster, SimulatedCluster simulated, CancellationToken cancellationToken)
    {
        var instances = await cluster.VirtualMachineInstances.ListAsync(Selection.OnNode("worker-2"), cancellationToken);
        var claimed = instances.Items.Count(instance => instance.Phase == InstancePhase.Running);
        console.WriteLine($"Kubernetes: worker-2 is not Ready. KubeVirt: its {claimed} virtual machines are in phase Running. Really running there: {simulated.Guests.On("worker-2").Count}.");
        console.WriteLine("KubeVirt cannot tell a dead node from one that is cut off, so it does nothing: a second copy of a machine that still runs would destroy its disks.");
    }

    private static void Heading(IAnsiConsole console, string text)
    {
        console.WriteLine();
        if (console.Profile.Out.IsTerminal)
        {
            console.Write(new Rule($"[bold]{Markup.Escape(text)}[/]").LeftJustified());
        }
        else
        {
            console.WriteLine($"== {text}");
        }
    }
}
