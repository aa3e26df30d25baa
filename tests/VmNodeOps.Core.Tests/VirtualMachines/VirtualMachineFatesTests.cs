using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.VirtualMachines;

public sealed class VirtualMachineFatesTests
{
    [Theory]
    // The table of the eviction webhook: strategy, migratable, what comes of it with run strategy Always.
    [InlineData(null, true, VirtualMachineFate.RestartsElsewhere)]
    [InlineData(EvictionStrategy.None, true, VirtualMachineFate.RestartsElsewhere)]
    [InlineData(EvictionStrategy.None, false, VirtualMachineFate.RestartsElsewhere)]
    [InlineData(EvictionStrategy.LiveMigrate, true, VirtualMachineFate.Migrates)]
    [InlineData(EvictionStrategy.LiveMigrate, false, VirtualMachineFate.Blocks)]
    [InlineData(EvictionStrategy.LiveMigrateIfPossible, true, VirtualMachineFate.Migrates)]
    [InlineData(EvictionStrategy.LiveMigrateIfPossible, false, VirtualMachineFate.RestartsElsewhere)]
    [InlineData(EvictionStrategy.External, true, VirtualMachineFate.External)]
    [InlineData(EvictionStrategy.External, false, VirtualMachineFate.External)]
    public void An_eviction_follows_the_eviction_strategy(EvictionStrategy? strategy, bool migratable, VirtualMachineFate fate)
    {
        var machine = Machines.On(eviction: strategy, migratable: migratable ? ConditionStatus.True : ConditionStatus.False);

        VirtualMachineFates.OfEviction(machine, installation: null).Should().Be(fate);
    }

    [Theory]
    [InlineData(ConditionStatus.Unknown)]
    [InlineData(null)]
    public void What_KubeVirt_has_not_called_migratable_is_not(ConditionStatus? status)
    {
        var machine = Machines.On(eviction: EvictionStrategy.LiveMigrate, migratable: status);

        VirtualMachineFates.OfEviction(machine, installation: null).Should().Be(VirtualMachineFate.Blocks);
    }

    [Fact]
    public void The_clusters_default_holds_where_the_instance_names_no_strategy()
    {
        var installation = new KubeVirtInstallation { Name = new ObjectName("kubevirt", "kubevirt"), Uid = "kv", EvictionStrategy = EvictionStrategy.LiveMigrate };

        VirtualMachineFates.OfEviction(Machines.On(), installation).Should().Be(VirtualMachineFate.Migrates);
        VirtualMachineFates.OfEviction(Machines.On(eviction: EvictionStrategy.None), installation).Should().Be(VirtualMachineFate.RestartsElsewhere);
    }

    [Theory]
    // The table of run strategies: what a guest that shut down, and one that was killed, comes to.
    [InlineData(RunStrategy.Always, VirtualMachineFate.RestartsElsewhere, VirtualMachineFate.RestartsElsewhere)]
    [InlineData(RunStrategy.RerunOnFailure, VirtualMachineFate.RestartsOnlyIfKilled, VirtualMachineFate.RestartsElsewhere)]
    [InlineData(RunStrategy.Manual, VirtualMachineFate.StaysDown, VirtualMachineFate.StaysDown)]
    [InlineData(RunStrategy.Once, VirtualMachineFate.StaysDown, VirtualMachineFate.StaysDown)]
    [InlineData(RunStrategy.WaitAsReceiver, VirtualMachineFate.StaysDown, VirtualMachineFate.StaysDown)]
    [InlineData(RunStrategy.Halted, VirtualMachineFate.AlreadyEnding, VirtualMachineFate.AlreadyEnding)]
    public void What_ends_comes_back_as_its_run_strategy_has_it(RunStrategy strategy, VirtualMachineFate evicted, VirtualMachineFate lost)
    {
        var machine = Machines.On(run: strategy);

        VirtualMachineFates.OfEviction(machine, installation: null).Should().Be(evicted);
        VirtualMachineFates.OfLoss(machine, installation: null).Should().Be(lost);
    }

    [Theory]
    [InlineData("", VirtualMachineFate.WouldBeLost)]
    [InlineData("VirtualMachineInstanceReplicaSet", VirtualMachineFate.ReplacedUnderNewName)]
    public void An_instance_without_a_machine_behind_it_does_not_come_back_itself(string owner, VirtualMachineFate fate)
    {
        var machine = Machines.On(ownerKind: owner);

        VirtualMachineFates.OfEviction(machine, installation: null).Should().Be(fate);
        VirtualMachineFates.OfLoss(machine, installation: null).Should().Be(fate);
    }

    [Theory]
    [InlineData(InstancePhase.Succeeded, RunStrategy.Always, VirtualMachineFate.RestartsElsewhere)]
    [InlineData(InstancePhase.Failed, RunStrategy.Always, VirtualMachineFate.RestartsElsewhere)]
    [InlineData(InstancePhase.Failed, RunStrategy.RerunOnFailure, VirtualMachineFate.RestartsElsewhere)]
    [InlineData(InstancePhase.Succeeded, RunStrategy.RerunOnFailure, VirtualMachineFate.AlreadyEnding)]
    [InlineData(InstancePhase.Succeeded, RunStrategy.Once, VirtualMachineFate.AlreadyEnding)]
    [InlineData(InstancePhase.Failed, RunStrategy.Manual, VirtualMachineFate.AlreadyEnding)]
    public void What_has_ended_already_is_up_to_its_run_strategy(InstancePhase phase, RunStrategy strategy, VirtualMachineFate fate)
    {
        var machine = Machines.On(run: strategy, with: instance => instance with { Phase = phase });

        VirtualMachineFates.OfEviction(machine, installation: null).Should().Be(fate);
        VirtualMachineFates.OfLoss(machine, installation: null).Should().Be(fate);
    }

    [Fact]
    public void A_machine_that_runs_elsewhere_is_not_concerned_by_the_pod_that_a_migration_left()
    {
        var machine = Machines.On(node: Machines.There) with { Pods = [new LauncherPod { Pod = Machines.Pod(phase: PodPhase.Succeeded), Role = LauncherRole.Finished }] };

        VirtualMachineFates.OfEviction(machine, installation: null).Should().Be(VirtualMachineFate.Unaffected);
        VirtualMachineFates.OfLoss(machine, installation: null).Should().Be(VirtualMachineFate.Unaffected);
    }

    [Fact]
    public void A_pod_whose_instance_is_gone_or_was_replaced_is_an_orphan()
    {
        var gone = InventoryReading.Join(Machines.Here, Machines.Name, [Machines.Pod()], instance: null, machine: null);
        var replaced = InventoryReading.Join(Machines.Here, Machines.Name, [Machines.Pod()], Machines.Instance(Machines.There, uid: "vmi-2"), machine: null);

        VirtualMachineFates.OfEviction(gone, installation: null).Should().Be(VirtualMachineFate.OrphanLauncher);
        VirtualMachineFates.OfEviction(replaced, installation: null).Should().Be(VirtualMachineFate.OrphanLauncher);
        VirtualMachineFates.OfLoss(gone, installation: null).Should().Be(VirtualMachineFate.OrphanLauncher);
    }

    [Fact]
    public void A_finished_pod_without_an_instance_is_only_to_be_removed()
    {
        var machine = InventoryReading.Join(Machines.Here, Machines.Name, [Machines.Pod(phase: PodPhase.Succeeded)], instance: null, machine: null);

        VirtualMachineFates.OfEviction(machine, installation: null).Should().Be(VirtualMachineFate.AlreadyEnding);
    }

    [Fact]
    public void A_machine_that_is_being_deleted_is_ending()
    {
        var machine = Machines.On() with { Machine = Machines.Machine(RunStrategy.Always) with { DeletionAt = DateTimeOffset.UnixEpoch } };

        VirtualMachineFates.OfEviction(machine, installation: null).Should().Be(VirtualMachineFate.AlreadyEnding);
        VirtualMachineFates.OfLoss(machine, installation: null).Should().Be(VirtualMachineFate.AlreadyEnding);
    }
}
