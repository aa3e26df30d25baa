using VmNodeOps.Cluster;
using VmNodeOps.Tests.VirtualMachines;

namespace VmNodeOps.Tests.Eviction;

public sealed class EvictionJudgeTests
{
    private static readonly EvictionMemory Untried = new();

    [Fact]
    public void A_running_pod_is_asked_to_leave() => Decide(Machines.On()).Should().BeOfType<EvictionDecision.Ask>();

    [Fact]
    public void A_pod_in_deletion_is_only_waited_for()
    {
        var machine = Machines.On();
        var deleting = machine.Pods[0].Pod with { DeletionAt = DateTimeOffset.UnixEpoch };

        EvictionJudge.Decide(deleting, machine.Instance, null, Untried).Should().BeOfType<EvictionDecision.Wait>().Which.UntilRetry.Should().BeFalse();
    }

    [Fact]
    public void A_marked_machine_is_followed_and_not_asked_again()
    {
        var machine = Migratable(instance => instance with { EvacuationNodeName = Machines.Here });

        Decide(machine).Should().BeOfType<EvictionDecision.Wait>().Which.UntilRetry.Should().BeFalse();
        Decide(machine, Refused(EvictionReply.EvacuationBegins)).Should().BeOfType<EvictionDecision.Wait>().Which.UntilRetry.Should().BeFalse();
        Decide(machine, Refused(EvictionReply.Budget)).Should().BeOfType<EvictionDecision.Wait>("on KubeVirt up to 1.4 a budget of its own refuses while it migrates");
    }

    [Fact]
    public void A_migrating_machine_is_followed_even_without_a_mark()
    {
        var machine = Migratable(instance => instance with
        {
            Migration = new MigrationState { MigrationUid = "job-9", TargetNode = Machines.There, StartedAt = DateTimeOffset.UnixEpoch },
        });

        Decide(machine).Should().Be(new EvictionDecision.Wait("Migrating", "is migrating to worker-2"));
    }

    [Fact]
    public void A_mark_that_has_not_been_seen_yet_is_waited_for_before_asking_again()
    {
        var machine = Migratable();

        Decide(machine, Refused(EvictionReply.EvacuationBegins, due: false)).Should().BeOfType<EvictionDecision.Wait>()
            .Which.Should().Match<EvictionDecision.Wait>(wait => wait.UntilRetry && !wait.IsTrouble, "it is how every evacuation begins");
        Decide(machine, Refused(EvictionReply.EvacuationBegins)).Should().BeOfType<EvictionDecision.Look>("one evacuation is asked for once");
    }

    [Fact]
    public void Words_of_KubeVirt_that_are_not_known_are_tried_again() =>
        Decide(Migratable(), Refused(EvictionReply.KubeVirtRefused)).Should().BeOfType<EvictionDecision.Ask>();

    [Fact]
    public void What_must_migrate_and_cannot_is_stuck_with_the_conditions_words()
    {
        var machine = Machines.On(eviction: EvictionStrategy.LiveMigrate, migratable: ConditionStatus.False);

        var stuck = Decide(machine, Refused(EvictionReply.EvacuationBegins)).Should().BeOfType<EvictionDecision.Stuck>().Which;

        stuck.Code.Should().Be("NotMigratable");
        stuck.Why.Should().Contain("DisksNotLiveMigratable: PVC data is not shared");
        stuck.Lift.Should().Contain("virtctl stop -n prod db");
        Decide(machine, Untried).Should().BeOfType<EvictionDecision.Ask>("the server is asked once");
    }

    [Fact]
    public void What_has_not_been_judged_migratable_yet_is_not_stuck()
    {
        var machine = Machines.On(eviction: EvictionStrategy.LiveMigrate, migratable: null);

        Decide(machine, Refused(EvictionReply.EvacuationBegins)).Should().BeOfType<EvictionDecision.Wait>().Which.UntilRetry.Should().BeFalse("asking again gets the same answer");
    }

    [Fact]
    public void The_target_of_a_migration_is_let_finish_where_KubeVirt_would_refuse_and_evicted_where_it_would_not()
    {
        var deferred = Machines.On(node: Machines.There, eviction: EvictionStrategy.LiveMigrate);
        var target = Machines.Pod(job: "job-1");

        EvictionJudge.Decide(target, deferred.Instance, null, Untried).Should().BeOfType<EvictionDecision.Wait>();
        EvictionJudge.Decide(target, deferred.Instance! with { EvictionStrategy = EvictionStrategy.None }, null, Untried).Should().BeOfType<EvictionDecision.Ask>();
    }

    [Fact]
    public void The_pod_that_a_migration_left_is_removed_once_it_has_ended()
    {
        var moved = Machines.On(node: Machines.There, eviction: EvictionStrategy.LiveMigrate).Instance;
        var refused = Refused(EvictionReply.EvacuationBegins, due: false);

        EvictionJudge.Decide(Machines.Pod(), moved, null, refused).Should().BeOfType<EvictionDecision.Wait>();
        EvictionJudge.Decide(Machines.Pod(phase: PodPhase.Succeeded), moved, null, refused).Should().Be(
            new EvictionDecision.Ask(PodRemoval.Delete), "no budget counts it, and an eviction would be a second one of the same machine");
        EvictionJudge.Decide(Machines.Pod(phase: PodPhase.Succeeded), moved, null, new EvictionMemory { Reply = EvictionReply.Accepted })
            .Should().BeOfType<EvictionDecision.Wait>();
    }

    [Theory]
    [InlineData("Budget")]
    [InlineData("WebhookDown")]
    [InlineData("TryLater")]
    [InlineData("NamespaceTerminating")]
    public void What_may_pass_is_asked_again_when_its_time_has_come(string reply)
    {
        var parsed = Enum.Parse<EvictionReply>(reply);

        Decide(Machines.On(), Refused(parsed, due: false)).Should().BeOfType<EvictionDecision.Wait>().Which.UntilRetry.Should().BeTrue();
        Decide(Machines.On(), Refused(parsed)).Should().BeOfType<EvictionDecision.Ask>();
    }

    [Fact]
    public void Two_budgets_and_a_lost_instance_are_stuck_for_good()
    {
        Decide(Machines.On(), Refused(EvictionReply.TwoBudgets)).Should().BeOfType<EvictionDecision.Stuck>().Which.Code.Should().Be("TwoBudgets");
        EvictionJudge.Decide(Machines.Pod(), instance: null, null, Refused(EvictionReply.InstanceGone))
            .Should().BeOfType<EvictionDecision.Stuck>().Which.Should().Match<EvictionDecision.Stuck>(
                stuck => stuck.Code == "OrphanLauncher" && stuck.Lift.Contains("kubectl delete pod -n prod virt-launcher-db-aaaaa"));
    }

    [Fact]
    public void Waits_double_up_to_the_limit_and_are_the_same_each_time()
    {
        var options = new DrainOptions();

        var waits = Enumerable.Range(1, 8).Select(attempt => BackOff.After(attempt, "pod-1", options)).ToList();

        waits[0].Should().BeGreaterThanOrEqualTo(options.FirstRetry).And.BeLessThan(options.FirstRetry * 1.21);
        waits[7].Should().BeGreaterThanOrEqualTo(options.LongestRetry).And.BeLessThan(options.LongestRetry * 1.21);
        waits.Should().Equal(Enumerable.Range(1, 8).Select(attempt => BackOff.After(attempt, "pod-1", options)));
        BackOff.After(1, "pod-2", options).Should().NotBe(waits[0]);
    }

    private static NodeMachine Migratable(Func<VirtualMachineInstance, VirtualMachineInstance>? with = null) =>
        Machines.On(eviction: EvictionStrategy.LiveMigrate, with: with);

    private static EvictionDecision Decide(NodeMachine machine, EvictionMemory? memory = null) =>
        EvictionJudge.Decide(machine.Pods[0].Pod, machine.Instance, null, memory ?? Untried);

    private static EvictionMemory Refused(EvictionReply reply, bool due = true) => new() { Reply = reply, Words = "no", Attempts = 1, IsRetryDue = due };
}
