namespace VmNodeOps.Testing.Tests.KubeVirt;

public sealed class ProfileTests
{
    [Fact]
    public async Task In_1_3_a_budget_answers_the_evictions_of_a_marked_instance()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => (c with { KubeVirt = KubeVirtProfile.Version13 })
            .WithVirtualMachine("vm", vm => vm.On("node-1").LiveMigrate().Behave(b => b with { MigrationDuration = TimeSpan.FromMinutes(20) })));
        var pod = cluster.Pod("vm");
        var budget = cluster.Objects.List("poddisruptionbudgets", "default").Single();
        ((string?)budget["metadata"]!["name"]).Should().StartWith("kubevirt-disruption-budget-");
        budget["spec"]!["minAvailable"]!.GetValue<int>().Should().Be(1);

        cluster.Evict(pod).Message.Should().EndWith("Eviction triggered evacuation of VMI \"default/vm\"");
        await cluster.UntilAsync(() => cluster.Instance("vm", "status.migrationState.startTimestamp") is not null, "it migrates");

        var repeated = cluster.Evict(pod);
        repeated.Code.Should().Be(429);
        repeated.Message.Should().Be("Cannot evict pod as it would violate the pod's disruption budget.");
        cluster.Objects.List("poddisruptionbudgets", "default").Single()["spec"]!["minAvailable"]!.GetValue<int>().Should().Be(2);
        cluster.Call("virtualmachineinstances", "vm", "evacuate/cancel").Should().Be(404);
        await cluster.UntilGoneAsync("node-1", "vm");
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(5));
        cluster.Objects.List("poddisruptionbudgets", "default").Single()["spec"]!["minAvailable"]!.GetValue<int>().Should().Be(1);
    }

    [Fact]
    public async Task In_1_2_the_budget_answers_the_first_eviction_too()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => (c with { KubeVirt = KubeVirtProfile.Version12 })
            .WithVirtualMachine("vm", vm => vm.On("node-1").LiveMigrate()));

        cluster.Evict(cluster.Pod("vm")).Should().Be((429, "Cannot evict pod as it would violate the pod's disruption budget."));

        await cluster.UntilGoneAsync("node-1", "vm");
    }

    [Fact]
    public async Task In_1_9_there_is_no_budget_per_instance()
    {
        await using var cluster = await SimulatedCluster.StartAsync(c => c.WithVirtualMachine("vm", vm => vm.LiveMigrate()));

        cluster.Objects.Names("poddisruptionbudgets").Should().Equal("virt-api-pdb", "virt-controller-pdb");
    }

    [Fact]
    public async Task Up_to_1_8_only_as_many_migrations_are_made_as_may_run()
    {
        var names = Enumerable.Range(1, 5).Select(number => $"vm-{number}").ToArray();
        await using var cluster = await SimulatedCluster.StartAsync(c => (c with { KubeVirt = KubeVirtProfile.Version17 })
            .WithVirtualMachines(names.Select(name => new SimulatedVirtualMachine { Name = name }.On("node-1").LiveMigrate()
                .Behave(b => b with { MigrationDuration = TimeSpan.FromMinutes(5) }))));
        using (cluster.Time.Pause())
        {
            foreach (var pod in names.Select(name => cluster.Pod(name)).ToArray())
            {
                cluster.Evict(pod);
            }
        }

        await cluster.UntilAsync(() => cluster.Objects.List("virtualmachineinstancemigrations").Count > 0, "migrations are made");
        cluster.Objects.List("virtualmachineinstancemigrations").Should().HaveCount(2);
        await cluster.UntilGoneAsync("node-1", names);
    }

    [Theory]
    [InlineData("1.1.0")]
    [InlineData("x")]
    [InlineData("2")]
    public void What_is_no_supported_version_is_refused(string version)
    {
        var of = () => KubeVirtProfile.Of(version);

        of.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Versions_between_behave_as_the_one_below()
    {
        KubeVirtProfile.Of("v1.8.2").CanCancelEvacuation.Should().BeTrue();
        KubeVirtProfile.Of("v1.8.2").QueuesByPriority.Should().BeFalse();
        KubeVirtProfile.Of("1.4.1").MarkedEvictionIsLeftToBudget.Should().BeTrue();
    }
}
