namespace VmNodeOps.Testing.Tests.Cluster;

public sealed class SimulatedClusterTests
{
    [Fact]
    public async Task A_cluster_is_at_rest_when_it_has_started()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c
            .WithNodes("1.1.1.211", "1.1.1.21", "node-3")
            .WithVirtualMachine("always", vm => vm.On("1.1.1.211").LiveMigrate().WithDisk(shared: true))
            .WithVirtualMachine("manual", vm => vm.On("1.1.1.21").Run(SimulatedRunStrategy.Manual).WithDisk())
            .WithVirtualMachine("halted", vm => vm.Run(SimulatedRunStrategy.Halted))
            .WithVirtualMachine("old", vm => vm with { Owner = SimulatedOwner.VirtualMachineWithRunning })
            .WithVirtualMachine("bare", vm => vm.Standalone())
            .WithVirtualMachine("set", vm => vm with { Owner = SimulatedOwner.ReplicaSet, Replicas = 2 })
            .WithVirtualMachine("paused", vm => vm with { IsPaused = true })
            .WithWorkload("web", w => w with { Replicas = 2, MinAvailable = 1 })
            .WithUser("viewer", new SimulatedRule("", ["nodes"], ["get", "list"])));

        cluster.Guests.Running.Select(guest => guest.Name).Should().Contain(["always", "manual", "old", "bare", "paused"]);
        cluster.Guests.Running.Should().HaveCount(7);
        cluster.Guests.Of("always").Single().Node.Should().Be("1.1.1.211");
        cluster.Guests.Of("always").Single().Disks.Should().Equal("pv-default-always-disk");
        cluster.Guests.Of("paused").Single().IsPaused.Should().BeTrue();
        cluster.Guests.Doubles.Should().BeEmpty();
        cluster.Objects.Text("virtualmachines", "always", "status.printableStatus").Should().Be("Running");
        cluster.Objects.Text("virtualmachines", "halted", "status.printableStatus").Should().Be("Stopped");
        cluster.Objects.Text("virtualmachines", "paused", "status.printableStatus").Should().Be("Paused");
        cluster.Objects.Condition("virtualmachineinstances", "always", "LiveMigratable").Should().Be("True");
        cluster.Objects.Condition("virtualmachineinstances", "manual", "LiveMigratable").Should().Be("False");
        cluster.Objects.List("volumeattachments").Should().HaveCount(2);
        cluster.Requests.Total.Should().Be(0);
    }

    [Fact]
    public async Task The_kubeconfig_leads_to_a_server_that_answers()
    {
        await using var cluster = await SimulatedCluster.StartAsync();

        cluster.Kubeconfig.Should().Contain(cluster.Address.GetLeftPart(UriPartial.Authority));
        cluster.Hosts.Select(host => host.NodeName).Should().Equal("node-1", "node-2", "node-3");
        cluster.Objects.Names("nodes").Should().Equal("node-1", "node-2", "node-3");
    }
}
