using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.VirtualMachines;

public sealed class MachineJudgeTests
{
    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_migrated_machine_has_arrived_when_instance_and_migration_both_say_so()
    {
        var before = Before(VirtualMachineFate.Migrates);
        var there = Machines.Instance(Machines.There) with { Migration = new MigrationState { MigrationUid = "job-1", Completed = true } };

        var early = MachineJudge.Judge(before, Now(there) with { Migrations = [Machines.Migration(MigrationPhase.Running)] });
        var done = MachineJudge.Judge(before, Now(there) with { Migrations = [Machines.Migration(MigrationPhase.Succeeded)] });

        early.IsSettled.Should().BeFalse();
        done.Should().BeEquivalentTo(new { Outcome = VirtualMachineOutcome.Migrated, To = Machines.There, AwayFor = TimeSpan.Zero, IsSettled = true });
    }

    [Fact]
    public void A_migration_object_that_ends_first_is_not_enough()
    {
        var standing = MachineJudge.Judge(
            Before(VirtualMachineFate.Migrates), Now(Machines.Instance()) with { Migrations = [Machines.Migration(MigrationPhase.Succeeded)] });

        standing.IsSettled.Should().BeFalse();
    }

    [Fact]
    public void Nothing_is_settled_by_a_migration_before_the_migrations_were_read()
    {
        var standing = MachineJudge.Judge(Before(VirtualMachineFate.Migrates), Now(Machines.Instance(Machines.There)) with { IsComplete = false });

        standing.IsSettled.Should().BeFalse();
    }

    [Fact]
    public void A_paused_machine_has_arrived_paused()
    {
        var paused = new Condition { Type = "Paused", Status = ConditionStatus.True };
        var before = Before(VirtualMachineFate.Migrates, instance => instance with { Conditions = [.. Machines.Instance(ready: false).Conditions, paused] });
        var there = Machines.Instance(Machines.There, ready: false);

        MachineJudge.Judge(before, Now(there)).IsSettled.Should().BeFalse("a guest that was only paused and now is not Ready is not as it was");
        MachineJudge.Judge(before, Now(there with { Conditions = [.. there.Conditions, paused] })).IsSettled.Should().BeTrue();
    }

    [Fact]
    public void A_restarted_machine_was_away_from_its_end_to_its_new_running()
    {
        var former = Machines.Instance(phase: InstancePhase.Succeeded) with { PhaseTransitions = At(InstancePhase.Succeeded, 10) };
        var again = Machines.Instance(Machines.There, uid: "vmi-2") with { PhaseTransitions = At(InstancePhase.Running, 25) };

        var standing = MachineJudge.Judge(Before(VirtualMachineFate.RestartsElsewhere), Now(again) with { Former = former });

        standing.Should().BeEquivalentTo(
            new { Outcome = VirtualMachineOutcome.Restarted, To = Machines.There, AwayFor = TimeSpan.FromSeconds(15), IsSettled = true });
    }

    [Fact]
    public void A_machine_of_a_silent_node_was_away_since_the_nodes_last_heartbeat()
    {
        var before = Before(VirtualMachineFate.RestartsElsewhere) with { LastSignOfLife = T0 };
        var former = Machines.Instance(phase: InstancePhase.Failed) with { PhaseTransitions = At(InstancePhase.Failed, 300) };
        var again = Machines.Instance(Machines.There, uid: "vmi-2") with { PhaseTransitions = At(InstancePhase.Running, 310) };

        MachineJudge.Judge(before, Now(again) with { Former = former }).AwayFor.Should().Be(TimeSpan.FromSeconds(310));
    }

    [Theory]
    [InlineData(-300, 0, -50)]
    [InlineData(-45, 0, -45)]
    [InlineData(null, 0, -50)]
    [InlineData(-300, null, -300)]
    public void A_silent_nodes_last_sign_is_its_heartbeat_or_what_its_lease_must_have_been(int? heartbeat, int? silent, int expected)
    {
        var ready = new Condition { Type = "Ready", Status = ConditionStatus.Unknown, LastHeartbeatAt = At(heartbeat), LastTransitionAt = At(silent) };
        var node = new Node { Name = new ObjectName(Machines.Here), Uid = "node", Conditions = [ready] };

        MachineExpectation.Of(Before(VirtualMachineFate.RestartsElsewhere).Before, VirtualMachineFate.RestartsElsewhere, node).LastSignOfLife.Should().Be(T0.AddSeconds(expected));

        static DateTimeOffset? At(int? seconds) => seconds is { } offset ? T0.AddSeconds(offset) : null;
    }

    [Theory]
    [InlineData(RunStrategy.Always, InstancePhase.Succeeded, false, VirtualMachineOutcome.Moving)]
    [InlineData(RunStrategy.RerunOnFailure, InstancePhase.Failed, false, VirtualMachineOutcome.Moving)]
    [InlineData(RunStrategy.RerunOnFailure, InstancePhase.Succeeded, true, VirtualMachineOutcome.StaysDown)]
    [InlineData(RunStrategy.Manual, InstancePhase.Succeeded, true, VirtualMachineOutcome.StaysDown)]
    [InlineData(RunStrategy.Once, InstancePhase.Failed, true, VirtualMachineOutcome.StaysDown)]
    public void An_ended_instance_is_judged_by_the_run_strategy(RunStrategy strategy, InstancePhase phase, bool settled, VirtualMachineOutcome outcome)
    {
        var before = Before(VirtualMachineFate.StaysDown, run: strategy);

        var standing = MachineJudge.Judge(before, Now(Machines.Instance(phase: phase)) with { Machine = Machines.Machine(strategy) });

        standing.IsSettled.Should().Be(settled);
        standing.Outcome.Should().Be(outcome);
    }

    [Fact]
    public void A_machine_that_restarts_only_after_failures_and_whose_end_was_missed_is_judged_by_its_status()
    {
        var before = Before(VirtualMachineFate.RestartsOnlyIfKilled, run: RunStrategy.RerunOnFailure);
        var machine = Machines.Machine(RunStrategy.RerunOnFailure);

        MachineJudge.Judge(before, Now(instance: null) with { Machine = machine with { PrintableStatus = "Stopping" } }).IsSettled.Should().BeFalse();
        MachineJudge.Judge(before, Now(instance: null) with { Machine = machine with { PrintableStatus = "Stopped" } })
            .Should().BeEquivalentTo(new { Outcome = VirtualMachineOutcome.StaysDown, IsSettled = true });
    }

    [Fact]
    public void What_was_to_migrate_and_is_down_for_good_is_missing_and_the_message_says_what_starts_it()
    {
        var before = Before(VirtualMachineFate.Migrates, run: RunStrategy.Manual);

        var standing = MachineJudge.Judge(before, Now(Machines.Instance(phase: InstancePhase.Failed)) with { Machine = Machines.Machine(RunStrategy.Manual) });

        standing.Outcome.Should().Be(VirtualMachineOutcome.Missing);
        standing.Message.Should().Contain("virtctl start -n prod db");
    }

    [Fact]
    public void A_lone_instance_that_is_gone_is_lost() =>
        MachineJudge.Judge(Before(VirtualMachineFate.WouldBeLost, owner: ""), Now(instance: null))
            .Should().BeEquivalentTo(new { Outcome = VirtualMachineOutcome.Lost, IsSettled = true });

    [Fact]
    public void A_machine_that_somebody_deletes_meanwhile_is_waited_for_no_longer()
    {
        var before = Before(VirtualMachineFate.RestartsElsewhere);

        MachineJudge.Judge(before, Now(instance: null) with { Machine = null }).Outcome.Should().Be(VirtualMachineOutcome.StaysDown);
        MachineJudge.Judge(before, Now(instance: null) with { Machine = null, IsComplete = false }).IsSettled.Should().BeFalse("the machines were not read yet");
    }

    [Fact]
    public void A_machine_started_again_on_the_node_itself_has_not_arrived() =>
        MachineJudge.Judge(Before(VirtualMachineFate.RestartsElsewhere), Now(Machines.Instance(uid: "vmi-2"))).IsSettled.Should().BeFalse();

    [Fact]
    public void A_machine_that_cannot_be_scheduled_says_why()
    {
        var waiting = Machines.Instance(node: null, uid: "vmi-2", phase: InstancePhase.Scheduling, ready: false) with
        {
            Conditions = [new Condition { Type = "PodScheduled", Status = ConditionStatus.False, Reason = "Unschedulable", Message = "0/2 nodes are available" }],
        };

        MachineJudge.Judge(Before(VirtualMachineFate.RestartsElsewhere), Now(waiting)).Message.Should().Contain("Unschedulable: 0/2 nodes are available");
    }

    private static MachineExpectation Before(
        VirtualMachineFate fate, Func<VirtualMachineInstance, VirtualMachineInstance>? with = null, RunStrategy run = RunStrategy.Always, string owner = "VirtualMachine") =>
        new() { Before = Machines.On(run: run, ownerKind: owner, with: with), Fate = fate };

    private static MachineNow Now(VirtualMachineInstance? instance) =>
        new() { Instance = instance, Machine = Machines.Machine(RunStrategy.Always), IsComplete = true, At = T0 };

    private static Dictionary<InstancePhase, DateTimeOffset> At(InstancePhase phase, int seconds) => new() { [phase] = T0.AddSeconds(seconds) };
}
