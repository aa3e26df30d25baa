using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.Planning;

public sealed class MaintenancePlanTests
{
    private static readonly MaintenancePlan Plan = new()
    {
        NodeName = "worker-3",
        NodeUid = "uid-1",
        BootId = "boot-1",
        NodeReady = ConditionStatus.True,
        MadeAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Steps =
        [
            new StepPlan
            {
                Step = "drain",
                Actions =
                [
                    new PlannedAction
                    {
                        Kind = ActionKind.Evict,
                        Target = new ObjectReference { ApiVersion = "v1", Kind = "Pod", Name = new ObjectName("prod", "virt-launcher-db-x"), Uid = "pod-1" },
                        Fate = VirtualMachineFate.Migrates,
                        What = "evict virt-launcher-db-x (VM prod/db)",
                        Why = "KubeVirt migrates it live to another node.",
                    },
                ],
                Findings =
                [
                    new Finding { Severity = FindingSeverity.Warning, Code = "LastNode", Message = "No other node is schedulable.", Lift = "Uncordon one." },
                ],
            },
            new StepPlan { Step = "power-off" },
        ],
    };

    [Fact]
    public void The_text_names_objects_fates_and_reasons() => Plan.ToText().ReplaceLineEndings("\n").Should().Be("""
        Plan for node worker-3 (Ready: True, schedulable), made 2026-01-01 00:00:00Z

        1. drain
           - evict virt-launcher-db-x (VM prod/db) [Migrates]
             KubeVirt migrates it live to another node.
           !  No other node is schedulable.
             Uncordon one.

        2. power-off
           (nothing to do)

        """.ReplaceLineEndings("\n"));

    [Fact]
    public void The_json_reads_back_to_the_same_plan()
    {
        var read = MaintenancePlan.FromJson(Plan.ToJson());

        read.Should().BeEquivalentTo(Plan);
        read.FindDrift(Plan).Should().BeEmpty();
        Plan.ToJson().Should().Contain("\"schemaVersion\": 1").And.Contain("\"kind\": \"Evict\"").And.Contain("\"name\": \"prod/virt-launcher-db-x\"");
    }

    [Fact]
    public void Unknown_members_are_passed_over()
    {
        var json = Plan.ToJson().Replace("\"schemaVersion\": 1,", "\"schemaVersion\": 1, \"colour\": \"blue\",", StringComparison.Ordinal);

        MaintenancePlan.FromJson(json).Should().BeEquivalentTo(Plan);
    }

    [Theory]
    [InlineData("", "not a maintenance plan")]
    [InlineData("null", "it is empty")]
    [InlineData("{}", "not a maintenance plan")]
    [InlineData("[1]", "not a maintenance plan")]
    public void What_is_no_plan_is_said_so(string json, string message)
    {
        var read = () => MaintenancePlan.FromJson(json);

        read.Should().Throw<FormatException>().WithMessage($"*{message}*");
    }

    [Fact]
    public void A_newer_schema_is_refused()
    {
        var read = () => MaintenancePlan.FromJson((Plan with { SchemaVersion = 2 }).ToJson());

        read.Should().Throw<FormatException>().WithMessage("*schema version 2*");
    }

    [Fact]
    public void A_bad_name_in_a_file_is_refused()
    {
        var read = () => MaintenancePlan.FromJson(Plan.ToJson().Replace("prod/virt-launcher-db-x", "prod/..", StringComparison.Ordinal));

        read.Should().Throw<FormatException>().WithMessage("*is not the name of an object*");
    }

    [Theory]
    [InlineData("uid-2", "boot-1", "The node's UID was 'uid-1', and is 'uid-2' now.")]
    [InlineData("uid-1", "boot-2", "The node's boot id was 'boot-1', and is 'boot-2' now.")]
    public void Another_node_or_boot_is_drift(string uid, string boot, string expected) =>
        Plan.FindDrift(Plan with { NodeUid = uid, BootId = boot }).Should().Equal(expected);

    [Fact]
    public void Another_fate_is_drift()
    {
        var drain = Plan.Steps[0];
        var now = Plan with
        {
            Steps = [drain with { Actions = [drain.Actions[0] with { Fate = VirtualMachineFate.Blocks }] }, Plan.Steps[1]],
        };

        Plan.FindDrift(now).Should().ContainSingle().Which.Should().Contain("was Migrates, and is Blocks now");
    }
}
