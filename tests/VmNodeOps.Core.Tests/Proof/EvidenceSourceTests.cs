using NSubstitute;
using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.Proof;

/// <summary>What each source knows, and what several know together.</summary>
public sealed class EvidenceSourceTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly IClusterClient _cluster = Substitute.For<IClusterClient>();

    [Theory]
    [InlineData(ConditionStatus.Unknown, 60, true)]
    [InlineData(ConditionStatus.Unknown, 59, false)]
    [InlineData(ConditionStatus.False, 600, false)]
    [InlineData(ConditionStatus.True, 600, false)]
    public async Task Silence_is_Unknown_for_long_enough_and_never_False(ConditionStatus ready, int seconds, bool isDown)
    {
        var answer = await Ask(Evidence.NodeUnknownFor(TimeSpan.FromMinutes(1)), Node(ready, Now.AddSeconds(-seconds)));

        (answer.Evidence is not null).Should().Be(isDown, answer.Reason);
        answer.Evidence?.Strength.Should().Be(EvidenceStrength.Weak);
        answer.Evidence?.Witness.Should().Be(Evidence.ApiServer);
        (ready == ConditionStatus.False).Should().Be(answer.Reason.Contains("its kubelet lives"));
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(59, false)]
    [InlineData(-600, false)] // In the future: the clocks differ, so its age says nothing.
    public async Task A_lease_is_stale_by_the_servers_clock(int seconds, bool isDown)
    {
        Lease(Now.AddSeconds(-seconds));

        var answer = await Ask(Evidence.LeaseStaleFor(TimeSpan.FromMinutes(1)), Node());

        (answer.Evidence is not null).Should().Be(isDown, answer.Reason);
        Evidence.LeaseStaleFor(TimeSpan.FromMinutes(1)).RightsFor(new ObjectName("node-1")).Should().ContainSingle(right => right.Resource == "leases" && right.Namespace == "kube-node-lease");
    }

    [Fact]
    public async Task A_lease_that_is_not_there_says_nothing()
    {
        _cluster.Leases.FindAsync(Arg.Any<ObjectName>(), Arg.Any<CancellationToken>()).Returns((Lease?)null);

        (await Ask(Evidence.LeaseStaleFor(TimeSpan.FromMinutes(1)), Node())).Evidence.Should().BeNull();
    }

    [Theory]
    [InlineData("2026-01-01T11:55:00Z", true)]
    [InlineData("2026-01-01T11:59:30Z", false)]
    [InlineData("yesterday", false)]
    [InlineData(null, false)]
    public async Task A_heartbeat_is_stale_only_if_there_is_a_readable_one(string? beat, bool isDown)
    {
        var node = Node() with { Annotations = beat is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["kubevirt.io/heartbeat"] = beat } };

        var answer = await Ask(Evidence.HeartbeatStaleFor(TimeSpan.FromMinutes(1)), node);

        (answer.Evidence is not null).Should().Be(isDown, answer.Reason);
    }

    [Fact]
    public async Task A_taint_and_a_deleted_object_are_claims_of_different_people()
    {
        var tainted = Node() with { Taints = [new Taint { Key = "node.kubernetes.io/out-of-service", Value = "nodeshutdown", Effect = "NoExecute" }] };

        var taint = (await Ask(Evidence.OutOfServiceTaint(), tainted)).Evidence!;
        var gone = (await Ask(Evidence.NodeObjectGone(), MissingNode.StandIn(new ObjectName("node-1")), isGone: true)).Evidence!;

        taint.Strength.Should().Be(EvidenceStrength.Claim);
        gone.Strength.Should().Be(EvidenceStrength.Claim);
        taint.Witness.Should().NotBe(gone.Witness);
        (await Ask(Evidence.OutOfServiceTaint(), Node())).Evidence.Should().BeNull();
        (await Ask(Evidence.NodeObjectGone(), Node())).Evidence.Should().BeNull();
    }

    [Fact]
    public async Task Three_views_of_one_witness_are_one_witness()
    {
        Lease(Now.AddHours(-1));
        var node = Node(since: Now.AddHours(-1)) with { Annotations = new Dictionary<string, string> { ["kubevirt.io/heartbeat"] = "2026-01-01T11:00:00Z" } };
        var minute = TimeSpan.FromMinutes(1);
        IEvidenceSource[] weak = [Evidence.NodeUnknownFor(minute), Evidence.LeaseStaleFor(minute), Evidence.HeartbeatStaleFor(minute)];

        var all = (await Ask(Evidence.AllOf(weak), node)).Evidence!;
        var quorum = await Ask(Evidence.AtLeast(2, weak), node);

        all.Strength.Should().Be(EvidenceStrength.Weak);
        all.Witnesses.Should().Equal(Evidence.ApiServer);
        quorum.Evidence.Should().BeNull();
        quorum.Reason.Should().Contain("2 different witnesses are asked for, and 1 confirmed");
    }

    [Fact]
    public async Task Two_witnesses_are_as_strong_as_the_stronger_and_over_with_the_first()
    {
        var node = Node(since: Now.AddHours(-1));
        var source = Evidence.AtLeast(2, Evidence.NodeUnknownFor(TimeSpan.Zero), Evidence.OperatorConfirms("ops", "rack power off"));

        var evidence = (await Ask(source, node)).Evidence!;

        evidence.Strength.Should().Be(EvidenceStrength.Strong);
        evidence.Witnesses.Should().Equal("operator ops", Evidence.ApiServer);
        evidence.ExpiresAt.Should().Be(Now.AddMinutes(2), "silence holds for two minutes, the word for thirty");
    }

    [Fact]
    public async Task All_of_them_must_confirm_and_one_of_any_is_enough()
    {
        var no = new TestSource(_ => EvidenceAnswer.NotProven("No."));
        var ops = Evidence.OperatorConfirms("ops", "rack power off");
        var weak = Evidence.NodeUnknownFor(TimeSpan.Zero);

        (await Ask(Evidence.AllOf(weak, no, ops), Node())).Reason.Should().Be("No.");
        (await Ask(Evidence.AnyOf(no, weak, ops), Node())).Evidence!.Strength.Should().Be(EvidenceStrength.Strong);
        (await Ask(Evidence.AnyOf(no, weak), Node())).Evidence!.Strength.Should().Be(EvidenceStrength.Weak);
        (await Ask(Evidence.AnyOf(no, no), Node())).Evidence.Should().BeNull();
    }

    [Fact]
    public async Task A_strong_part_about_another_node_lends_no_strength()
    {
        var other = new EvidenceRequest(Node() with { Name = new ObjectName("node-2"), Uid = "uid-2" }, false, new ClusterReads(_cluster), Now, EvidenceStrength.Strong)
            .Confirm(EvidenceStrength.Strong, "test", "it is off", TimeSpan.FromHours(1));

        var answer = await Ask(Evidence.AnyOf(new TestSource(_ => EvidenceAnswer.Down(other)), Evidence.NodeUnknownFor(TimeSpan.Zero)), Node());

        answer.Evidence!.Strength.Should().Be(EvidenceStrength.Weak);
    }

    [Fact]
    public async Task A_source_of_the_program_is_capped_and_told_what_lifts_it()
    {
        var source = new TestSource(request => EvidenceAnswer.Down(request.Confirm(EvidenceStrength.Strong, "my PDU", "outlet 7 is off", TimeSpan.FromMinutes(5))));

        var evidence = (await Ask(source, Node(), cap: EvidenceStrength.Claim)).Evidence!;

        evidence.Strength.Should().Be(EvidenceStrength.Claim);
        evidence.WhyNotProof(Node().Identity, "boot-1", Now).Should().Contain("StrongestForeignEvidence");
    }

    [Fact]
    public void A_maintenance_cannot_lift_the_cap_of_its_runner()
    {
        var lifted = NodeMaintenance.OnNode("node-1").With(options => options with { StrongestForeignEvidence = EvidenceStrength.Strong });

        lifted.Over(new MaintenanceOptions()).Options.StrongestForeignEvidence.Should().Be(EvidenceStrength.Claim);
        lifted.Over(new MaintenanceOptions { StrongestForeignEvidence = EvidenceStrength.Strong }).Options.StrongestForeignEvidence.Should().Be(EvidenceStrength.Strong);
        NodeMaintenance.OnNode("node-1").With(options => options with { StrongestForeignEvidence = EvidenceStrength.Weak })
            .Over(new MaintenanceOptions { StrongestForeignEvidence = EvidenceStrength.Strong }).Options.StrongestForeignEvidence.Should().Be(EvidenceStrength.Weak);
    }

    [Fact]
    public async Task A_word_is_about_the_node_and_the_boot_for_which_it_was_first_used_and_for_half_an_hour()
    {
        var word = Evidence.OperatorConfirms("ops", "rack power off");

        (await Ask(word, Node())).Evidence.Should().NotBeNull();
        (await Ask(word, Node(), at: Now.AddMinutes(29))).Evidence!.ExpiresAt.Should().Be(Now.AddMinutes(30), "a second use does not prolong it");
        (await Ask(word, Node(), at: Now.AddMinutes(30))).Reason.Should().Contain("expired at");
        (await Ask(word, Node() with { BootId = "boot-2" }, at: Now.AddMinutes(1))).Reason.Should().Contain("boot boot-1");
        (await Ask(word, Node() with { Uid = "uid-9" }, at: Now.AddMinutes(1))).Reason.Should().Contain("uid-9");
    }

    [Fact]
    public async Task A_word_with_a_date_or_a_boot_cannot_be_said_again_a_week_later()
    {
        (await Ask(Evidence.OperatorConfirms("ops", "off", saidAt: Now.AddDays(-7)), Node())).Reason.Should().Contain("expired");
        (await Ask(Evidence.OperatorConfirms("ops", "off", saidAt: Now.AddHours(1)), Node())).Reason.Should().Contain("future");
        (await Ask(Evidence.OperatorConfirms("ops", "off", bootId: "boot-0"), Node())).Reason.Should().Contain("boot-0");
        (await Ask(Evidence.OperatorConfirms("ops", "off", saidAt: Now.AddMinutes(-5), bootId: "boot-1"), Node())).Evidence!.ExpiresAt.Should().Be(Now.AddMinutes(25));
    }

    private static Node Node(ConditionStatus ready = ConditionStatus.Unknown, DateTimeOffset? since = null) => new()
    {
        Name = new ObjectName("node-1"),
        Uid = "uid-1",
        BootId = "boot-1",
        Conditions = [new Condition { Type = "Ready", Status = ready, LastTransitionAt = since ?? Now.AddMinutes(-5) }],
    };

    private void Lease(DateTimeOffset renewed) => _cluster.Leases.FindAsync(new ObjectName("kube-node-lease", "node-1"), Arg.Any<CancellationToken>())
        .Returns(new Lease { Name = new ObjectName("kube-node-lease", "node-1"), Uid = "lease", RenewedAt = renewed });

    private Task<EvidenceAnswer> Ask(
        IEvidenceSource source, Node node, bool isGone = false, DateTimeOffset? at = null, EvidenceStrength cap = EvidenceStrength.Strong) =>
        source.GatherAsync(new EvidenceRequest(node, isGone, new ClusterReads(_cluster), at ?? Now, cap), default);
}
