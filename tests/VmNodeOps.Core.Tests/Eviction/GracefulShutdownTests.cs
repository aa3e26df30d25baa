using VmNodeOps.Testing;
using VmNodeOps.Tests.Scenes;

namespace VmNodeOps.Tests.Eviction;

public sealed class GracefulShutdownTests
{
    [Fact]
    public async Task Machines_of_all_kinds_leave_each_in_its_own_way()
    {
        await using var scene = await Scene.StartAsync(cluster => cluster
            .WithNodes("worker-1", "worker-2", "worker-3")
            .WithVirtualMachine("migrates", vm => vm.On("worker-1").LiveMigrate())
            .WithVirtualMachine("restarts", vm => vm.On("worker-1"))
            .WithVirtualMachine("manual", vm => vm.On("worker-1").Run(SimulatedRunStrategy.Manual))
            .WithVirtualMachine("rerun", vm => vm.On("worker-1").Run(SimulatedRunStrategy.RerunOnFailure))
            .WithVirtualMachine("bare", vm => vm.On("worker-1").Standalone())
            .WithVirtualMachine("paused", vm => (vm with { IsPaused = true }).On("worker-1").LiveMigrate())
            .WithVirtualMachine("other", vm => vm.On("worker-2")));

        var report = await scene.Runner.RunAsync(NodeMaintenance.OnNode("worker-1").GracefulShutdown(Drains.OfAll));

        report.Result.Should().Be(MaintenanceResult.Succeeded, report.ToText());
        report.VirtualMachines.ToDictionary(machine => machine.Name.Name, machine => machine.Outcome).Should().BeEquivalentTo(
            new Dictionary<string, VirtualMachineOutcome>
            {
                ["bare"] = VirtualMachineOutcome.Lost,
                ["manual"] = VirtualMachineOutcome.StaysDown,
                ["migrates"] = VirtualMachineOutcome.Migrated,
                ["paused"] = VirtualMachineOutcome.Migrated,
                ["rerun"] = VirtualMachineOutcome.StaysDown,
                ["restarts"] = VirtualMachineOutcome.Restarted,
            });
        scene.Cluster.Guests.On("worker-1").Should().BeEmpty();
        scene.Cluster.Guests.Running.Select(guest => guest.Name).Should().BeEquivalentTo("migrates", "restarts", "paused", "other");
        scene.Cluster.Guests.Doubles.Should().BeEmpty();
        scene.Cluster.Objects.Names("pods", pod => (string?)pod["spec"]!["nodeName"] == "worker-1" && (string?)pod["metadata"]!["labels"]?["kubevirt.io"] == "virt-launcher")
            .Should().BeEmpty("finished pods are removed too");
    }
}
