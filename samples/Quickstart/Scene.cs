using VmNodeOps.Testing;

namespace Quickstart;

/// <summary>The simulated cluster of the tour: 3 nodes and 12 virtual machines, which a drain and a crash treat differently.</summary>
internal static class Scene
{
    public static Task<SimulatedCluster> StartAsync(SimulatedTime time, CancellationToken cancellationToken)
    {
        var builder = new SimulatedClusterBuilder { Time = time }
            .WithNodes("worker-1", "worker-2", "worker-3")
            .WithVirtualMachines(
                // A disk that several nodes may have at once: can be migrated live.
                Machine("web-1", "worker-1").LiveMigrate().WithDisk("data", shared: true),
                Machine("web-2", "worker-2").LiveMigrate().WithDisk("data", shared: true),
                Machine("web-3", "worker-3").LiveMigrate().WithDisk("data", shared: true),
                // A disk for one node at a time: is shut down, and started elsewhere.
                Machine("db-1", "worker-1").WithDisk("data"),
                Machine("db-2", "worker-2").WithDisk("data"),
                Machine("db-3", "worker-3").WithDisk("data"),
                // No disk of its own.
                Machine("cache-1", "worker-1").Evict(SimulatedEvictionStrategy.LiveMigrateIfPossible),
                Machine("cache-2", "worker-3").Evict(SimulatedEvictionStrategy.LiveMigrateIfPossible),
                // Started again after a failure, but not after a shutdown.
                Machine("queue-1", "worker-2").Run(SimulatedRunStrategy.RerunOnFailure).LiveMigrate().WithDisk("data", shared: true),
                Machine("queue-2", "worker-3").Run(SimulatedRunStrategy.RerunOnFailure).WithDisk("data"),
                // Started by hand only: stays down, and the plan says so beforehand.
                Machine("build-1", "worker-1").Run(SimulatedRunStrategy.Manual).WithDisk("work"),
                Machine("build-2", "worker-2").Run(SimulatedRunStrategy.Manual).WithDisk("work"));
        return builder.StartAsync(cancellationToken);
    }

    private static SimulatedVirtualMachine Machine(string name, string node) =>
        new SimulatedVirtualMachine { Name = name, Namespace = "shop" }.On(node).Behave(guest => guest with
        {
            BootDuration = TimeSpan.FromSeconds(8),
            ShutdownDuration = TimeSpan.FromSeconds(6),
            MigrationDuration = TimeSpan.FromSeconds(12),
        });
}
