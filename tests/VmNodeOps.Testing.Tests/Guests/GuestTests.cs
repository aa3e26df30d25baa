using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Guests;

/// <summary>What only the hosts can show.</summary>
public sealed class GuestTests
{
    [Fact]
    public async Task A_split_shows_two_guests_of_one_machine_on_one_disk()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm", vm => vm.On("node-1").WithDisk(shared: true)));
        var pod = cluster.Objects.Names("pods", each => (string?)each["metadata"]?["labels"]?["kubevirt.io"] == "virt-launcher").Single();
        cluster.CutOffNode("node-1");
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(2));
        cluster.Guests.Of("vm").Single().Node.Should().Be("node-1", "a host that is cut off runs on");

        cluster.Objects.Delete("pods", pod, force: true);
        await cluster.UntilAsync(() => cluster.Guests.Of("vm").Count == 2, "the second one has started");

        cluster.Guests.Doubles.Select(each => each.What).Should().BeEquivalentTo("machine default/vm", "disk pv-default-vm-disk");
        cluster.Guests.Doubles.Should().OnlyContain(each => each.First.Node == "node-1" && each.Second.Node != "node-1" && each.To == null);
        cluster.Guests.Of("vm").Select(guest => guest.InstanceUid).Should().OnlyHaveUniqueItems();

        cluster.ReconnectNode("node-1");
        await cluster.UntilAsync(() => cluster.Guests.Of("vm").Count == 1, "the old one is stopped when its host is back");
        cluster.Guests.Of("vm").Single().Node.Should().NotBe("node-1");
        cluster.Guests.Doubles.Should().HaveCount(2, "what happened stays on record").And.OnlyContain(each => each.To != null);
    }

    [Fact]
    public async Task An_attachment_protects_a_disk_that_is_not_shared()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm", vm => vm.On("node-1").WithDisk()));
        var pod = cluster.Objects.Names("pods", each => (string?)each["metadata"]?["labels"]?["kubevirt.io"] == "virt-launcher").Single();
        cluster.CutOffNode("node-1");

        cluster.Objects.Delete("pods", pod, force: true);
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(2));

        cluster.Guests.Of("vm").Should().ContainSingle();
        cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task Two_machines_on_one_disk_are_reported()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c
            .WithVirtualMachine("first", vm => vm.WithDisk(shared: true))
            .WithVirtualMachine("second", vm => vm with
            {
                Volumes = [new SimulatedVolume { Name = "disk", IsShared = true, ExistingClaim = "first-disk" }],
            }));

        cluster.Guests.Doubles.Should().ContainSingle().Which.What.Should().Be("disk pv-default-first-disk");
    }

    [Fact]
    public async Task A_crash_ends_every_guest_of_the_host_and_nothing_in_the_API_says_so()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm", vm => vm.On("node-1")));

        cluster.CrashNode("node-1");

        cluster.Guests.Running.Should().BeEmpty();
        cluster.Guests.History.Single().End.Should().Be(GuestEnd.PowerLost);
        cluster.Objects.Text("virtualmachineinstances", "vm", "status.phase").Should().Be("Running");
    }

    [Fact]
    public async Task A_guest_that_shuts_itself_down_ends_its_instance_cleanly()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c
            .WithVirtualMachine("down", vm => vm.Run(SimulatedRunStrategy.Manual))
            .WithVirtualMachine("crashed", vm => vm.Run(SimulatedRunStrategy.Manual)));

        cluster.ShutDownGuest("down");
        cluster.CrashGuest("crashed");
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(10));

        cluster.Objects.Text("virtualmachineinstances", "down", "status.phase").Should().Be("Succeeded");
        cluster.Objects.Text("virtualmachineinstances", "crashed", "status.phase").Should().Be("Failed");
    }

    [Fact]
    public async Task A_live_migration_under_a_partition_does_not_make_two()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine(
            "vm", vm => vm.On("node-1").LiveMigrate().WithDisk(shared: true).Behave(b => b with { MigrationDuration = TimeSpan.FromSeconds(20) })));
        var nodeDuring = new List<string>();
        using var trigger = cluster.Api.Observe(ResourceTypes.VirtualMachineInstances, change =>
        {
            // The first transfer has begun: the source's network goes, for longer than the transfer would have taken.
            if (change.Object.At("status.migrationState.startTimestamp") is not null && nodeDuring.Count == 0)
            {
                nodeDuring.Add("");
                cluster.CutOffNode("node-1");
                cluster.Time.After(TimeSpan.FromMinutes(2), () =>
                {
                    nodeDuring.AddRange(cluster.Guests.Of("vm").Select(guest => guest.Node));
                    cluster.ReconnectNode("node-1");
                });
            }
        });

        cluster.Objects.Change("virtualmachineinstances", "vm", json => json["status"]!["evacuationNodeName"] = "node-1");
        await cluster.UntilAsync(() => cluster.Guests.Of("vm").Any(guest => guest.Node != "node-1"), "a later migration succeeds", TimeSpan.FromMinutes(10));

        nodeDuring.Should().Equal("", "node-1");
        cluster.Guests.History.Should().HaveCount(2);
        cluster.Guests.Doubles.Should().BeEmpty();
    }

    [Fact]
    public async Task A_replaced_node_has_another_identity_and_none_of_the_old_guests()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm", vm => vm.On("node-1")));
        var uid = cluster.Objects.Text("nodes", "node-1", "metadata.uid");
        var boot = cluster.Host("node-1").BootId;

        cluster.ReplaceNode("node-1");
        await cluster.UntilAsync(() => cluster.Guests.Of("vm").Count == 1, "the machine runs again");

        cluster.Objects.Text("nodes", "node-1", "metadata.uid").Should().NotBe(uid);
        cluster.Host("node-1").BootId.Should().NotBe(boot);
        cluster.Guests.Doubles.Should().BeEmpty();
    }
}
