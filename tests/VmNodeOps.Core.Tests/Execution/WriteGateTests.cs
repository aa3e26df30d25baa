using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.Execution;

public sealed class WriteGateTests : IAsyncDisposable
{
    private static readonly Node Silent = ScriptedCluster.NodeThatIs(ConditionStatus.Unknown);
    private static readonly Node Ready = ScriptedCluster.NodeThatIs(ConditionStatus.True);
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ScriptedCluster _cluster;
    private readonly IPods _pods = Substitute.For<IPods>();
    private readonly NodeGuard _guard;
    private readonly WriteLedger _ledger;
    private readonly WriteGate _gate;

    public WriteGateTests()
    {
        _cluster = new ScriptedCluster(_time) { Node = Silent };
        _cluster.Client.Pods.Returns(_pods);
        _guard = new NodeGuard(_cluster, Silent, _time, NullLogger.Instance);
        _ledger = new WriteLedger(new EventHub("worker-3", _time, NullLogger.Instance), _time, () => "test");
        _gate = new WriteGate(_cluster.Client, _guard, new MaintenanceOptions { MaxParallelism = 4 }, _ledger);
    }

    public async ValueTask DisposeAsync()
    {
        _gate.Dispose();
        await _guard.DisposeAsync();
    }

    [Fact]
    public async Task With_evidence_that_holds_a_pod_is_removed_by_its_UID_and_the_record_names_the_evidence()
    {
        await _gate.ForceDeleteAsync(PodOn("worker-3"), Confirmed(), default);

        await _pods.Received(1).DeleteAsync(
            Arg.Is<ObjectIdentity>(pod => pod.Uid == "uid-pod-0"), Arg.Is<DeletionOptions?>(options => options!.GracePeriod == TimeSpan.Zero), Arg.Any<CancellationToken>());
        _ledger.Records.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Verb = "force-delete", Result = WriteResult.Accepted, Evidence = "operator: burnt" });
    }

    [Fact]
    public async Task Evidence_that_no_step_of_this_run_confirmed_is_not_taken() =>
        await RefusedAsync(EvidenceOf(Silent), "EvidenceNotConfirmed");

    [Fact]
    public async Task Weak_evidence_is_not_taken() =>
        await RefusedAsync(Confirmed(strength: EvidenceStrength.Weak), "EvidenceDoesNotHold");

    [Fact]
    public async Task Evidence_about_another_boot_is_not_taken() =>
        await RefusedAsync(Confirmed(EvidenceOf(Silent with { BootId = "boot-0" })), "EvidenceDoesNotHold");

    [Fact]
    public async Task Evidence_about_another_node_is_not_taken() =>
        await RefusedAsync(Confirmed(EvidenceOf(Silent with { Name = new ObjectName("worker-33") })), "EvidenceDoesNotHold");

    [Fact]
    public async Task Evidence_that_expires_in_the_middle_is_not_taken_any_more()
    {
        var evidence = Confirmed();
        await _gate.ForceDeleteAsync(PodOn("worker-3"), evidence, default);

        _time.Advance(TimeSpan.FromMinutes(30));

        await RefusedAsync(evidence, "EvidenceDoesNotHold", sent: 1);
    }

    [Fact]
    public async Task A_pod_of_another_node_is_not_touched_however_like_its_name_is()
    {
        var evidence = Confirmed();

        var act = () => _gate.ForceDeleteAsync(PodOn("worker-33"), evidence, default);

        (await act.Should().ThrowAsync<WriteRefusedException>()).Which.Code.Should().Be("OtherNode");
        _ledger.Records.Should().BeEmpty();
    }

    [Fact]
    public async Task A_node_that_is_Ready_in_a_read_that_the_watch_has_not_told_yet_stops_the_write()
    {
        var evidence = Confirmed();
        _cluster.Answer = () => Task.FromResult<Node?>(Ready);

        await RefusedAsync(evidence, "NodeIsReady");
    }

    [Theory]
    [InlineData("uid-2", "boot-1", "NodeReplaced")]
    [InlineData("uid-1", "boot-2", "NodeRebooted")]
    public async Task Another_object_or_another_boot_stops_every_write(string uid, string boot, string code)
    {
        var evidence = Confirmed();
        await HeardAsync(ScriptedCluster.NodeThatIs(ConditionStatus.Unknown, uid, boot));

        await RefusedAsync(evidence, code);
        await _gate.Awaiting(gate => gate.ChangeNodeAsync("cordon", new NodeChange { Unschedulable = true }, default)).Should().ThrowAsync<WriteRefusedException>();
        _cluster.Changes.Should().BeEmpty();
    }

    [Fact]
    public async Task A_note_in_the_journal_goes_through_after_a_boot_but_not_against_evidence_that_was_held()
    {
        var note = new WriteIntent { Verb = "journal", Target = Refer.To(Silent), IsNote = true };
        var written = 0;
        await HeardAsync(ScriptedCluster.NodeThatIs(ConditionStatus.Unknown, boot: "boot-2"));

        await _gate.WriteAsync(note, (_, _) => Task.FromResult(++written), default);

        Confirmed();
        var act = () => _gate.WriteAsync(note, (_, _) => Task.FromResult(++written), default);
        (await act.Should().ThrowAsync<WriteRefusedException>()).Which.Code.Should().Be("NodeRebooted");
        written.Should().Be(1);
    }

    [Fact]
    public async Task A_deleted_node_object_is_no_sign_of_life()
    {
        var evidence = Confirmed();
        await HeardAsync(null);

        await _gate.ForceDeleteAsync(PodOn("worker-3"), evidence, default);

        _ledger.Records.Should().ContainSingle();
    }

    [Fact]
    public async Task Once_the_node_was_Ready_nothing_is_written_any_more_even_when_it_falls_silent_again()
    {
        var evidence = Confirmed();
        await HeardAsync(Ready);
        await HeardAsync(Silent with { ResourceVersion = "12" });

        await RefusedAsync(evidence, "NodeIsReady");
        await _gate.Awaiting(gate => gate.ChangeNodeAsync("cordon", new NodeChange { Unschedulable = true }, default)).Should().ThrowAsync<WriteRefusedException>();
        _cluster.Changes.Should().BeEmpty();
    }

    [Fact]
    public async Task Ready_in_the_middle_lets_nothing_follow_but_what_is_in_flight_and_the_record_lists_that()
    {
        var evidence = Confirmed();
        var sent = 0;
        var inFlight = new TaskCompletionSource();
        _pods.DeleteAsync(default, default, default).ReturnsForAnyArgs(async call =>
        {
            if (Interlocked.Increment(ref sent) == 4)
            {
                inFlight.SetResult();
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, _time, call.Arg<CancellationToken>());
        });
        var deletes = Enumerable.Range(0, 100).Select(number => _gate.ForceDeleteAsync(PodOn("worker-3", number), evidence, default)).ToList();
        await inFlight.Task.WaitAsync(TimeSpan.FromSeconds(10));

        await HeardAsync(Ready);
        await Task.WhenAll(deletes.Select(delete => delete.Awaiting(it => it).Should().ThrowAsync<WriteRefusedException>())).WaitAsync(TimeSpan.FromSeconds(10));

        sent.Should().Be(4);
        _ledger.Records.Should().HaveCount(4).And.OnlyContain(record => record.Result == WriteResult.Unknown);
    }

    [Fact]
    public async Task When_the_watch_on_the_node_fails_for_good_nothing_is_written()
    {
        var evidence = Confirmed();
        var deaf = _guard.WaitUntilAsync(_ => false, default);
        _cluster.BreakWatch(new ClusterException(ClusterErrorCause.Forbidden, "no"));
        await deaf.Awaiting(it => it).Should().ThrowAsync<ClusterException>();

        var act = () => _gate.ForceDeleteAsync(PodOn("worker-3"), evidence, default);

        await act.Should().ThrowAsync<ClusterException>();
        _ledger.Records.Should().BeEmpty();
    }

    [Fact]
    public async Task A_cancelled_run_sends_nothing()
    {
        var evidence = Confirmed();

        var act = () => _gate.ForceDeleteAsync(PodOn("worker-3"), evidence, new CancellationToken(canceled: true));

        await act.Should().ThrowAsync<OperationCanceledException>();
        _ledger.Records.Should().BeEmpty();
    }

    public static TheoryData<string, Pod> NoReplicas => new()
    {
        { "another namespace", Replica with { Name = new ObjectName("prod", "virt-api-1") } },
        { "another component", Replica with { Labels = new Dictionary<string, string> { ["kubevirt.io"] = "virt-handler" } } },
        { "a machine", Replica with { Labels = new Dictionary<string, string> { ["kubevirt.io"] = "virt-launcher" } } },
        { "no label", Replica with { Labels = new Dictionary<string, string>() } },
        { "nobody replaces it", Replica with { Owners = [] } },
        { "it has a disk", Replica with { PersistentVolumeClaims = ["data"] } },
    };

    [Theory]
    [MemberData(nameof(NoReplicas))]
    public async Task The_exception_for_KubeVirts_replicas_lets_nothing_else_through(string what, Pod pod)
    {
        var evidence = Confirmed();

        var act = () => _gate.ForceDeleteReplicaAsync(pod, Installation, evidence, default);

        (await act.Should().ThrowAsync<WriteRefusedException>(what)).Which.Code.Should().Be("NotAReplica");
        await _pods.DidNotReceiveWithAnyArgs().DeleteAsync(default, default, default);
    }

    [Fact]
    public async Task The_exception_for_KubeVirts_replicas_wants_evidence_like_any_other_deletion()
    {
        await _gate.Awaiting(gate => gate.ForceDeleteReplicaAsync(Replica, Installation, EvidenceOf(Silent), default)).Should().ThrowAsync<WriteRefusedException>();

        await _gate.ForceDeleteReplicaAsync(Replica, Installation, Confirmed(), default);

        _ledger.Records.Should().ContainSingle().Which.Target.Name.Name.Should().Be("virt-api-1");
    }

    private static KubeVirtInstallation Installation { get; } = new() { Name = new ObjectName("kubevirt", "kubevirt"), Uid = "uid-kubevirt" };

    private static Pod Replica { get; } = new()
    {
        Name = new ObjectName("kubevirt", "virt-api-1"),
        Uid = "uid-virt-api-1",
        NodeName = "worker-1",
        Labels = new Dictionary<string, string> { ["kubevirt.io"] = "virt-api" },
        Owners = [new Owner { Kind = "ReplicaSet", ApiVersion = "apps/v1", Name = "virt-api", Uid = "uid-set", IsController = true }],
    };

    private async Task RefusedAsync(FencingEvidence evidence, string code, int sent = 0)
    {
        var act = () => _gate.ForceDeleteAsync(PodOn("worker-3"), evidence, default);

        (await act.Should().ThrowAsync<WriteRefusedException>()).Which.Code.Should().Be(code);
        _ledger.Records.Should().HaveCount(sent);
        await _pods.ReceivedWithAnyArgs(sent).DeleteAsync(default, default, default);
    }

    private FencingEvidence Confirmed(FencingEvidence? evidence = null, EvidenceStrength strength = EvidenceStrength.Strong)
    {
        evidence ??= EvidenceOf(Silent, strength);
        _guard.Hold(evidence, Silent);
        return evidence;
    }

    private FencingEvidence EvidenceOf(Node node, EvidenceStrength strength = EvidenceStrength.Strong) =>
        new EvidenceRequest(node, false, new ClusterReads(_cluster.Client), _time.GetUtcNow(), EvidenceStrength.Strong).Confirm(strength, "operator", "burnt", TimeSpan.FromMinutes(30));

    private static Pod PodOn(string node, int number = 0) =>
        new() { Name = new ObjectName("prod", $"virt-launcher-{number}"), Uid = $"uid-pod-{number}", NodeName = node, Phase = PodPhase.Running };

    private async Task HeardAsync(Node? node)
    {
        _cluster.Tell(node);
        await _guard.WaitUntilAsync(heard => heard == node, default).WaitAsync(TimeSpan.FromSeconds(10));
    }
}
