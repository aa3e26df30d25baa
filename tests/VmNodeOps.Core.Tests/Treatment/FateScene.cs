using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Testing;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Treatment;

/// <summary>A cluster whose node worker-1 has a machine of every fate, and every trait.</summary>
internal static class FateScene
{
    public const string Node = "worker-1";

    public static async Task<Scene> StartAsync()
    {
        var scene = await Scene.StartAsync(cluster => (cluster.WithNodes(Node, "worker-2", "worker-3") with { ParallelOutboundMigrationsPerNode = 1 })
            .WithVirtualMachine("bare", vm => vm.On(Node).Standalone())
            .WithVirtualMachine("deleting", vm => (vm with { TerminationGracePeriod = TimeSpan.FromMinutes(5) }).On(Node).Behave(guest => guest with { ShutdownDuration = TimeSpan.FromMinutes(2) }))
            .WithVirtualMachine("external", vm => vm.On(Node).Evict(SimulatedEvictionStrategy.External))
            .WithVirtualMachine("finished", vm => vm.On(Node).Run(SimulatedRunStrategy.Manual))
            .WithVirtualMachine("left", vm => vm.On(Node).WithLabel("leave", "me"))
            .WithVirtualMachine("manual", vm => vm.On(Node).Run(SimulatedRunStrategy.Manual))
            .WithVirtualMachine("marked", vm => vm.On(Node).LiveMigrate())
            .WithVirtualMachine("migrates", vm => vm.On(Node).LiveMigrate())
            .WithVirtualMachine("migrating", vm => vm.On(Node).LiveMigrate().Behave(Slowly))
            .WithVirtualMachine("once", vm => vm.On(Node).Run(SimulatedRunStrategy.Once))
            .WithVirtualMachine("passing", vm => vm.On("worker-2").LiveMigrate().Behave(Slowly))
            .WithVirtualMachine("paused", vm => (vm with { IsPaused = true }).On(Node).LiveMigrate())
            .WithVirtualMachine("possible", vm => vm.On(Node).Evict(SimulatedEvictionStrategy.LiveMigrateIfPossible))
            .WithVirtualMachine("rerun", vm => vm.On(Node).Run(SimulatedRunStrategy.RerunOnFailure))
            .WithVirtualMachine("restarts", vm => vm.On(Node).WithDisk())
            .WithVirtualMachine("running", vm => (vm with { Owner = SimulatedOwner.VirtualMachineWithRunning }).On(Node))
            .WithVirtualMachine("shut", vm => vm.On(Node))
            .WithVirtualMachine("stuck", vm => vm.On(Node).LiveMigrate().NotMigratable()));
        await AddAsync(scene);
        scene.Cluster.Requests.Clear();
        return scene;
    }

    /// <summary>What cannot be there from the start: what is in the middle of something, and what the scheduler places.</summary>
    private static async Task AddAsync(Scene scene)
    {
        var cluster = scene.Cluster;
        cluster.SetUnschedulable("worker-2");
        cluster.SetUnschedulable("worker-3");
        cluster.Objects.Create(ReplicaSet());
        await cluster.UntilAsync(() => cluster.Guests.On(Node).Any(guest => guest.Name.StartsWith("set", StringComparison.Ordinal)), "the set's instance runs");
        await scene.Client.Migrations.CreateAsync(new ObjectName("default", "passing"));
        await UntilMigratingAsync(cluster, "passing");
        cluster.SetUnschedulable("worker-2", unschedulable: false);
        cluster.SetUnschedulable("worker-3", unschedulable: false);
        await scene.Client.Migrations.CreateAsync(new ObjectName("default", "migrating"));
        await UntilMigratingAsync(cluster, "migrating");

        // One migration may leave the node at a time, so this one is marked and waits.
        cluster.Objects.Change("virtualmachineinstances", "marked", json => json["status"]!["evacuationNodeName"] = Node);
        cluster.ShutDownGuest("finished");
        cluster.Objects.Create(Orphan());
        await cluster.UntilAsync(() => cluster.Objects.Text("virtualmachineinstances", "finished", "status.phase") == "Succeeded", "it has ended");
        cluster.Objects.Delete("virtualmachines", "deleting");
        await cluster.UntilAsync(() => cluster.Objects.Text("virtualmachineinstances", "deleting", "metadata.deletionTimestamp") is not null, "it is being deleted");
    }

    private static GuestBehavior Slowly(GuestBehavior guest) => guest with { MigrationDuration = TimeSpan.FromMinutes(2) };

    private static Task UntilMigratingAsync(SimulatedCluster cluster, string name) => cluster.UntilAsync(
        () => cluster.Objects.Text("virtualmachineinstances", name, "status.migrationState.startTimestamp") is not null, $"{name} migrates");

    private static JsonObject ReplicaSet() => JsonNode.Parse("""
        {
          "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachineInstanceReplicaSet", "metadata": { "name": "set", "namespace": "default" },
          "spec": {
            "replicas": 1,
            "selector": { "matchLabels": { "set": "set" } },
            "template": {
              "metadata": { "labels": { "set": "set" } },
              "spec": { "domain": { "devices": {}, "resources": { "requests": { "memory": "64Mi" } } } }
            }
          }
        }
        """)!.AsObject();

    private static JsonObject Orphan() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject
        {
            ["name"] = "virt-launcher-orphan-x1y2z",
            ["namespace"] = "default",
            ["labels"] = new JsonObject { ["kubevirt.io"] = "virt-launcher" },
            ["annotations"] = new JsonObject { ["kubevirt.io/domain"] = "orphan" },
        },
        ["spec"] = new JsonObject { ["nodeName"] = Node, ["containers"] = new JsonArray(new JsonObject { ["name"] = "compute", ["image"] = "registry.invalid/launcher:1" }) },
    };
}
