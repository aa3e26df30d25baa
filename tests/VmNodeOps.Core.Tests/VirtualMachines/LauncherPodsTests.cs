using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.VirtualMachines;

public sealed class LauncherPodsTests
{
    private static readonly MigrationState ToHere = new() { MigrationUid = "job-1", SourceNode = Machines.There, TargetNode = Machines.Here, TargetPod = "virt-launcher-db-aaaaa" };

    [Fact]
    public void The_pod_on_the_instances_node_is_the_current_one() =>
        LauncherPods.RoleOf(Machines.Pod(), Machines.Instance()).Should().Be(LauncherRole.Current);

    [Fact]
    public void The_pod_of_an_instance_that_has_no_node_yet_is_the_current_one() =>
        LauncherPods.RoleOf(Machines.Pod(), Machines.Instance(node: null)).Should().Be(LauncherRole.Current);

    [Fact]
    public void A_pod_of_another_instance_of_that_name_is_an_orphan() =>
        LauncherPods.RoleOf(Machines.Pod(instanceUid: "vmi-0"), Machines.Instance()).Should().Be(LauncherRole.Orphan);

    [Fact]
    public void A_pod_that_ended_is_finished_whatever_it_was() =>
        LauncherPods.RoleOf(Machines.Pod(phase: PodPhase.Succeeded, job: "job-1"), Machines.Instance(Machines.There)).Should().Be(LauncherRole.Finished);

    [Fact]
    public void The_pod_that_a_guest_is_on_its_way_to_is_a_target()
    {
        var instance = Machines.Instance(Machines.There);

        LauncherPods.RoleOf(Machines.Pod(job: "job-1"), instance).Should().Be(LauncherRole.MigrationTarget, "the instance does not tell of the migration yet");
        LauncherPods.RoleOf(Machines.Pod(job: "job-1"), instance with { Migration = ToHere }).Should().Be(LauncherRole.MigrationTarget);
    }

    [Fact]
    public void A_former_target_becomes_the_current_pod_and_later_a_source()
    {
        var arrived = Machines.Instance() with { Migration = ToHere with { Completed = true } };
        var left = Machines.Instance(Machines.There) with
        {
            Migration = new MigrationState { MigrationUid = "job-2", SourceNode = Machines.Here, SourcePod = "virt-launcher-db-aaaaa", TargetNode = Machines.There, Completed = true },
        };

        LauncherPods.RoleOf(Machines.Pod(job: "job-1"), arrived).Should().Be(LauncherRole.Current);
        LauncherPods.RoleOf(Machines.Pod(job: "job-1"), left).Should().Be(LauncherRole.MigrationSource);
    }

    [Fact]
    public void The_instances_name_is_the_owners_even_where_the_pods_name_is_cut() =>
        LauncherPods.InstanceOf(Machines.Pod(name: "virt-launcher-d-xyz")).Should().Be(Machines.Name);
}
