using System.Globalization;
using VmNodeOps.Testing;

namespace VmNodeOps.Tool.Simulation;

/// <summary>The cluster that <c>vmnodeops simulate</c> offers: workers, and machines of every sort that a drain or a crash treats differently.</summary>
internal static class PlayCluster
{
    private const int PerTurn = 4;

    private static readonly (string Name, Func<SimulatedVirtualMachine, SimulatedVirtualMachine> Shape)[] Sorts =
    [
        ("web", machine => machine.In("shop").LiveMigrate().WithDisk("data", shared: true)),
        ("db", machine => machine.In("shop").WithDisk("data")),
        ("cache", machine => machine.In("shop").Evict(SimulatedEvictionStrategy.LiveMigrateIfPossible)),
        ("queue", machine => machine.In("shop").Run(SimulatedRunStrategy.RerunOnFailure).LiveMigrate().WithDisk("data", shared: true)),
        ("desktop", machine => machine.In("lab").Run(SimulatedRunStrategy.RerunOnFailure).WithDisk("home")),
        ("build", machine => machine.In("lab").Run(SimulatedRunStrategy.Manual).WithDisk("work")),
    ];

    public static Task<SimulatedCluster> StartAsync(int nodes, int machines, SimulatedTime time, CancellationToken cancellationToken)
    {
        var names = Enumerable.Range(1, nodes).Select(number => string.Create(CultureInfo.InvariantCulture, $"worker-{number}")).ToList();
        var builder = new SimulatedClusterBuilder { Time = time }
            .WithNodes(names)
            .WithVirtualMachines(Enumerable.Range(0, machines).Select(index => Machine(index, names)));
        return builder.StartAsync(cancellationToken);
    }

    private static SimulatedVirtualMachine Machine(int index, List<string> nodes)
    {
        var (name, shape) = Sorts[index % Sorts.Length];
        var number = (index / Sorts.Length) + 1;
        // A handful in turn on each node, so that every node has several sorts.
        var node = nodes[index / PerTurn % nodes.Count];
        return shape(new SimulatedVirtualMachine { Name = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}") }).On(node);
    }
}
