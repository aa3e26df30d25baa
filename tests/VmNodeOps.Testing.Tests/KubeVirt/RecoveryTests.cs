using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.KubeVirt;

namespace VmNodeOps.Testing.Tests.KubeVirt;

/// <summary>A node dies: what stays, and what brings its machines back.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public async Task A_forced_delete_brings_a_machine_back_in_the_recorded_steps()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c
            .WithVirtualMachine("nm1", vm => vm.On("node-1").LiveMigrate().NotMigratable())
            .WithVirtualMachine("man1", vm => vm.On("node-1").Run(SimulatedRunStrategy.Manual))
            .WithVirtualMachine("bare1", vm => vm.On("node-1").Standalone()));
        cluster.CrashNode("node-1");
        await cluster.UntilAsync(() => cluster.Objects.Condition("virtualmachineinstances", "nm1", "Ready") == "False", "the node is not ready");
        var uid = cluster.Instance("nm1", "metadata.uid");
        var manual = cluster.Instance("man1", "metadata.uid");
        var seen = cluster.Record(ResourceTypes.VirtualMachineInstances, "nm1");
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(1));
        DateTimeOffset began;
        using (cluster.Time.Pause())
        {
            began = cluster.Time.GetUtcNow();
            foreach (var machine in new[] { "nm1", "man1", "bare1" })
            {
                cluster.Objects.Delete("pods", cluster.Pod(machine), force: true);
            }
        }

        await cluster.UntilGoneAsync("node-1", "nm1");

        (cluster.Guests.Of("nm1").Single().StartedAt - began).Should().BeLessThan(TimeSpan.FromSeconds(5));
        Describe(seen).Should().Equal(
            "Modified Running", "Modified Failed", "Modified Failed deleting", "Modified Failed deleting, let go", "Deleted", "Added Pending", "Modified Pending",
            "Modified Scheduling", "Modified Scheduled", "Modified Running", "Modified Running ready");
        cluster.Instance("nm1", "metadata.uid").Should().NotBe(uid);
        cluster.Instance("man1", "status.phase").Should().Be("Failed");
        cluster.Instance("man1", "metadata.uid").Should().Be(manual);
        cluster.Instance("bare1", "status.phase").Should().Be("Failed");
        cluster.Objects.Get("virtualmachineinstances", "man1")!["metadata"]!["finalizers"].Should().BeNull();
        cluster.Objects.Get("virtualmachineinstances", "man1")!["status"]!["activePods"].Should().BeNull();
        cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task Nothing_but_the_loss_of_the_pod_object_brings_a_machine_back()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c
            .WithVirtualMachine("left", vm => vm.On("node-1"))
            .WithVirtualMachine("deleted", vm => vm.On("node-1")));
        cluster.CrashNode("node-1");
        cluster.Objects.Delete("pods", cluster.Pod("deleted"));

        await cluster.AdvanceAsync(TimeSpan.FromMinutes(20));

        foreach (var machine in new[] { "left", "deleted" })
        {
            cluster.Instance(machine, "status.phase").Should().Be("Running");
            cluster.Instance(machine, "status.nodeName").Should().Be("node-1");
            cluster.Printable(machine).Should().Be("Running", "KubeVirt does not know better");
            cluster.Objects.Condition("virtualmachines", machine, "Ready").Should().Be("False");
            cluster.Pods(machine).Should().ContainSingle();
        }

        cluster.Guests.Running.Should().BeEmpty();
        ((string?)cluster.Objects.Get("nodes", "node-1")!["metadata"]!["labels"]!["kubevirt.io/schedulable"]).Should().Be("false");
        cluster.Objects.Names("events", e => (string?)e["reason"] == "NodeUnresponsive").Should().NotBeEmpty();
    }

    [Fact]
    public async Task Deleting_the_instance_hangs_until_the_pod_goes()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm", vm => vm.On("node-1")));
        cluster.CrashNode("node-1");
        cluster.Objects.Delete("virtualmachineinstances", "vm");
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(10));
        cluster.Instance("vm", "metadata.deletionTimestamp").Should().NotBeNull();
        cluster.Printable("vm").Should().Be("Stopping");

        cluster.Objects.Delete("pods", cluster.Pod("vm"), force: true);

        await cluster.UntilGoneAsync("node-1", "vm");
    }

    [Fact]
    public async Task A_node_that_boots_again_reports_its_pods_failed_and_the_run_strategy_decides()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c
            .WithVirtualMachine("always", vm => vm.On("node-1"))
            .WithVirtualMachine("manual", vm => vm.On("node-1").Run(SimulatedRunStrategy.Manual)));
        cluster.CrashNode("node-1");
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(2));

        cluster.PowerOnNode("node-1");
        await cluster.UntilAsync(() => cluster.Guests.Of("always").Count == 1 && cluster.Printable("always") == "Running", "it runs again");
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(1));

        cluster.Instance("manual", "status.phase").Should().Be("Failed");
        cluster.Guests.Of("manual").Should().BeEmpty();
        cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_virt_controller_that_led_from_the_dead_node_is_replaced_within_seconds()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => (c with { KubeVirtNodes = ["node-1", "node-2"] })
            .WithVirtualMachine("vm", vm => vm.On("node-3")));
        var leader = cluster.Objects.Text("leases", "virt-controller", "spec.holderIdentity", "kubevirt")!;
        var node = cluster.Objects.Text("pods", leader, "spec.nodeName", "kubevirt")!;
        DateTimeOffset began;
        using (cluster.Time.Pause())
        {
            began = cluster.Time.GetUtcNow();
            cluster.CrashNode(node);
        }

        await cluster.UntilAsync(
            () => cluster.Objects.Text("leases", "virt-controller", "spec.holderIdentity", "kubevirt") != leader, "another one leads");

        (cluster.Objects.Get("leases", "virt-controller", "kubevirt").Timestamp("spec.acquireTime")!.Value - began).Should().BeLessThan(TimeSpan.FromSeconds(18));
        cluster.Objects.Get("leases", "virt-controller", "kubevirt").Number("spec.leaseTransitions").Should().Be(1);
    }

    private static IEnumerable<string> Describe(IEnumerable<(string Kind, JsonObject Object)> seen) => seen.Select(change =>
    {
        if (change.Kind == "Deleted")
        {
            return "Deleted";
        }

        var json = change.Object;
        var text = $"{change.Kind} {json.Text("status.phase")}";
        if (json.Text("metadata.deletionTimestamp") is not null)
        {
            text += " deleting";
            text += json["metadata"]!["finalizers"] is JsonArray { Count: 1 } ? ", let go" : "";
        }

        return Conditions.IsTrue(json, "Ready") ? text + " ready" : text;
    });
}
