namespace VmNodeOps.Testing.Tests.KubeVirt;

/// <summary>What becomes of a machine whose guest shut down when evicted, and of one whose pod was taken away.</summary>
public sealed class RunStrategyTests
{
    [Theory]
    [InlineData(SimulatedRunStrategy.Always, "restarts")]
    [InlineData(SimulatedRunStrategy.RerunOnFailure, "stopped, instance deleted")]
    [InlineData(SimulatedRunStrategy.Manual, "Succeeded")]
    [InlineData(SimulatedRunStrategy.Once, "Succeeded")]
    public async Task After_an_eviction_with_a_clean_shutdown(SimulatedRunStrategy strategy, string end)
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm", vm => vm.Run(strategy)));
        var uid = cluster.Instance("vm", "metadata.uid");

        cluster.Evict(cluster.Pod("vm")).Code.Should().Be(201);

        await ExpectAsync(cluster, uid, end);
        cluster.Guests.History[0].End.Should().Be(GuestEnd.ShutDown);
    }

    [Theory]
    [InlineData(SimulatedRunStrategy.Always, "restarts")]
    [InlineData(SimulatedRunStrategy.RerunOnFailure, "restarts")]
    [InlineData(SimulatedRunStrategy.Manual, "Failed")]
    [InlineData(SimulatedRunStrategy.Once, "Failed")]
    public async Task After_a_forced_delete(SimulatedRunStrategy strategy, string end)
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm", vm => vm.On("node-1").Run(strategy)));
        var uid = cluster.Instance("vm", "metadata.uid");
        cluster.CrashNode("node-1");

        cluster.Objects.Delete("pods", cluster.Pod("vm"), force: true);

        await ExpectAsync(cluster, uid, end);
        cluster.Guests.History[0].End.Should().Be(GuestEnd.PowerLost);
    }

    [Theory]
    [InlineData(SimulatedRunStrategy.Always, "restarts")]
    [InlineData(SimulatedRunStrategy.RerunOnFailure, "restarts")]
    [InlineData(SimulatedRunStrategy.Manual, "Failed")]
    public async Task After_an_eviction_that_the_guest_ignored(SimulatedRunStrategy strategy, string end)
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine(
            "vm", vm => vm.Run(strategy).Behave(b => b with { IgnoresShutdown = true })));
        var uid = cluster.Instance("vm", "metadata.uid");
        DateTimeOffset evicted;
        using (cluster.Time.Pause())
        {
            evicted = cluster.Time.GetUtcNow();
            cluster.Evict(cluster.Pod("vm"));
        }

        await ExpectAsync(cluster, uid, end);
        var first = cluster.Guests.History[0];
        first.End.Should().Be(GuestEnd.Destroyed);
        (first.EndedAt - evicted).Should().BeCloseTo(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_standalone_instance_is_lost_and_stays_final()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c
            .WithVirtualMachine("evicted", vm => vm.Standalone().On("node-1"))
            .WithVirtualMachine("forced", vm => vm.Standalone().On("node-2")));
        cluster.CrashNode("node-2");

        cluster.Evict(cluster.Pod("evicted"));
        cluster.Objects.Delete("pods", cluster.Pod("forced"), force: true);
        await cluster.AdvanceAsync(TimeSpan.FromMinutes(2));

        cluster.Instance("evicted", "status.phase").Should().Be("Succeeded");
        cluster.Instance("forced", "status.phase").Should().Be("Failed");
        cluster.Guests.Running.Should().BeEmpty();
    }

    [Fact]
    public async Task A_replica_set_replaces_under_a_new_name()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine(
            "set", vm => vm with { Owner = SimulatedOwner.ReplicaSet, Replicas = 2 }));
        var before = cluster.Guests.Running.Select(guest => guest.Name).ToArray();

        cluster.Evict(cluster.Pod(before[0]));
        await cluster.UntilAsync(
            () => cluster.Guests.Running.Count == 2 && cluster.Guests.Running.All(guest => guest.Name != before[0]), "a replacement runs");

        cluster.Objects.Get("virtualmachineinstances", before[0]).Should().BeNull();
    }

    [Fact]
    public async Task A_guest_that_fails_to_start_makes_its_machine_wait()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine(
            "vm", vm => vm.Behave(b => b with { FailsToStart = true })));
        await cluster.UntilAsync(() => cluster.Printable("vm") == "CrashLoopBackOff", "it loops");

        cluster.Objects.Text("virtualmachines", "vm", "status.startFailure.retryAfterTimestamp").Should().NotBeNull();
        cluster.Behave("vm", behavior => behavior with { FailsToStart = false });
        await cluster.UntilAsync(() => cluster.Printable("vm") == "Running", "it runs");
        cluster.Objects.Get("virtualmachines", "vm")!["status"]!["startFailure"].Should().BeNull();
    }

    [Fact]
    public async Task A_restarted_machine_never_has_two_guests()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm", vm => vm.WithDisk(shared: true)));

        for (var round = 0; round < 3; round++)
        {
            var uid = cluster.Instance("vm", "metadata.uid");
            cluster.Evict(cluster.Pod("vm"));
            await ExpectAsync(cluster, uid, "restarts");
        }

        cluster.Guests.History.Should().HaveCount(4);
        cluster.Guests.Doubles.Should().BeEmpty();
    }

    private static async Task ExpectAsync(SimulatedCluster cluster, string? uid, string end)
    {
        if (end == "restarts")
        {
            await cluster.UntilAsync(
                () => cluster.Printable("vm") == "Running" && cluster.Instance("vm", "metadata.uid") != uid && cluster.Guests.Of("vm").Count == 1,
                "a new instance runs");
            return;
        }

        await cluster.AdvanceAsync(TimeSpan.FromMinutes(2));
        cluster.Guests.Of("vm").Should().BeEmpty();
        cluster.Printable("vm").Should().Be("Stopped");
        if (end == "stopped, instance deleted")
        {
            cluster.Objects.Get("virtualmachineinstances", "vm").Should().BeNull();
        }
        else
        {
            cluster.Instance("vm", "status.phase").Should().Be(end);
            cluster.Instance("vm", "metadata.uid").Should().Be(uid);
        }
    }
}
