using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VmNodeOps.Cluster;

namespace VmNodeOps.Tests.Execution;

public sealed class NodeGuardTests : IAsyncDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    private static readonly Node Silent = ScriptedCluster.NodeThatIs(ConditionStatus.Unknown);
    private static readonly Node Ready = ScriptedCluster.NodeThatIs(ConditionStatus.True);
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ScriptedCluster _cluster;
    private readonly NodeGuard _guard;

    public NodeGuardTests()
    {
        _cluster = new ScriptedCluster(_time) { Node = Silent };
        _guard = new NodeGuard(_cluster, Silent, _time, NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _guard.DisposeAsync();

    [Fact]
    public async Task What_the_plan_and_the_watch_saw_is_not_fresh_enough_to_destroy_on()
    {
        await HeardAsync(Silent with { ResourceVersion = "11" });

        await _guard.LookAsync(Fresh, default);

        _cluster.Reads.Should().Be(1);
    }

    [Fact]
    public async Task A_read_serves_for_as_long_as_it_is_fresh()
    {
        await _guard.LookAsync(Fresh, default);
        _time.Advance(Fresh);
        await _guard.LookAsync(Fresh, default);
        _cluster.Reads.Should().Be(1);

        _time.Advance(TimeSpan.FromTicks(1));
        await _guard.LookAsync(Fresh, default);

        _cluster.Reads.Should().Be(2);
    }

    [Fact]
    public async Task Callers_at_once_share_one_read()
    {
        var answer = new TaskCompletionSource<Node?>();
        _cluster.Answer = () => answer.Task;
        var looks = Enumerable.Range(0, 50).Select(_ => _guard.LookAsync(Fresh, default)).ToList();

        answer.SetResult(Silent);
        await Task.WhenAll(looks);

        _cluster.Reads.Should().Be(1);
    }

    [Fact]
    public async Task A_read_that_took_too_long_is_repeated_because_its_answer_may_be_as_old_as_the_question()
    {
        var slow = new TaskCompletionSource<Node?>();
        var answers = new Queue<Task<Node?>>([slow.Task, Task.FromResult<Node?>(Ready)]);
        _cluster.Answer = answers.Dequeue;
        var look = _guard.LookAsync(Fresh, default);

        _time.Advance(TimeSpan.FromMinutes(1));
        slow.SetResult(Silent);

        (await look)!.Ready.Should().Be(ConditionStatus.True);
    }

    [Fact]
    public async Task A_server_that_is_always_too_slow_is_named()
    {
        _cluster.Answer = async () =>
        {
            await Task.Yield();
            _time.Advance(TimeSpan.FromSeconds(5));
            return Silent;
        };
        using var patience = new CancellationTokenSource();
        var look = _guard.LookAsync(Fresh, patience.Token);
        SpinWait.SpinUntil(() => _guard.Trouble is not null, TimeSpan.FromSeconds(10)).Should().BeTrue();

        _guard.Trouble.Should().Contain("worker-3").And.Contain("too old to destroy on");
        await patience.CancelAsync();
        await look.Awaiting(it => it).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task A_failed_read_is_not_handed_to_the_next_caller()
    {
        _cluster.Answer = () => Task.FromException<Node?>(new ClusterException(ClusterErrorCause.ServerError, "broken"));
        var look = () => _guard.LookAsync(Fresh, default);
        await look.Should().ThrowAsync<ClusterException>();
        _cluster.Answer = null;

        (await look()).Should().Be(Silent);
    }

    [Fact]
    public async Task Bad_news_of_the_watch_is_not_overwritten_by_a_read_that_was_asked_before()
    {
        using var silence = await SilenceAsync();
        var answer = new TaskCompletionSource<Node?>();
        _cluster.Answer = () => answer.Task;
        var look = _guard.LookAsync(Fresh, default);
        await HeardAsync(Ready);

        answer.SetResult(Silent);

        (await look)!.Ready.Should().Be(ConditionStatus.True);
        silence.BrokenBy!.Code.Should().Be("NodeIsReady");
    }

    [Fact]
    public async Task Bad_news_of_a_read_counts_although_the_watch_spoke_meanwhile()
    {
        using var silence = await SilenceAsync();
        var answer = new TaskCompletionSource<Node?>();
        _cluster.Answer = () => answer.Task;
        var look = _guard.LookAsync(Fresh, default);
        await HeardAsync(Silent with { ResourceVersion = "11" });

        answer.SetResult(Ready);
        await look;

        silence.BrokenBy!.Code.Should().Be("NodeIsReady");
        silence.Broken.IsCancellationRequested.Should().BeTrue();
    }

    [Fact]
    public async Task A_sign_of_life_is_never_forgotten()
    {
        using var silence = await SilenceAsync();

        await HeardAsync(Ready);
        await HeardAsync(Silent with { ResourceVersion = "12" });

        silence.BrokenBy!.Code.Should().Be("NodeIsReady");
    }

    public static TheoryData<string, Node?, string?> Signs => new()
    {
        { "Ready", Ready, "NodeIsReady" },
        { "another boot", ScriptedCluster.NodeThatIs(ConditionStatus.Unknown, boot: "boot-2"), "NodeRebooted" },
        { "another object of that name", ScriptedCluster.NodeThatIs(ConditionStatus.Unknown, uid: "uid-2"), "NodeReplaced" },
        { "the kubelet reports trouble", Reporting(ConditionStatus.False, seconds: 1), "KubeletReports" },
        { "the same report told again", Reporting(ConditionStatus.False, seconds: 0), null },
        { "the node controller writes Unknown", Reporting(ConditionStatus.Unknown, seconds: 0), null },
        { "its object is deleted", null, null },
    };

    [Theory]
    [MemberData(nameof(Signs))]
    public async Task Only_a_sign_of_life_breaks_the_silence(string what, Node? now, string? code)
    {
        using var silence = await SilenceAsync(Reporting(ConditionStatus.False, seconds: 0));

        await HeardAsync(now);

        silence.BrokenBy?.Code.Should().Be(code, what);
        (silence.BrokenBy is null).Should().Be(code is null, what);
    }

    [Fact]
    public async Task What_was_heard_between_the_read_and_the_evidence_counts()
    {
        await HeardAsync(Ready);

        using var silence = _guard.Hold(EvidenceAbout(Silent), Silent);

        silence.BrokenBy!.Code.Should().Be("NodeIsReady");
    }

    [Fact]
    public async Task Accepting_a_new_boot_voids_the_evidence_of_the_old_one()
    {
        using var silence = await SilenceAsync();
        var back = ScriptedCluster.NodeThatIs(ConditionStatus.True, boot: "boot-2");
        await HeardAsync(back);

        _guard.AcceptReboot(back);

        _guard.Silence.Should().BeNull();
        _guard.Expected.BootId.Should().Be("boot-2");
        _guard.Invoking(guard => guard.AcceptReboot(ScriptedCluster.NodeThatIs(ConditionStatus.True, uid: "uid-2")))
            .Should().Throw<WriteRefusedException>().Which.Code.Should().Be("NodeReplaced");
    }

    [Fact]
    public async Task A_guard_whose_watch_was_refused_says_so_to_whoever_asks()
    {
        var waiting = _guard.WaitUntilAsync(node => node?.Ready == ConditionStatus.True, default);
        _cluster.BreakWatch(new ClusterException(ClusterErrorCause.Forbidden, "You may not watch nodes."));

        var thrown = await waiting.Awaiting(it => it).Should().ThrowAsync<ClusterException>();
        thrown.Which.Message.Should().Contain("worker-3").And.Contain("You may not watch nodes.");
        await _guard.Awaiting(guard => guard.LookAsync(TimeSpan.MaxValue, default)).Should().ThrowAsync<ClusterException>();
    }

    [Fact]
    public async Task A_watch_that_simply_ends_is_a_deaf_guard_too()
    {
        var waiting = _guard.WaitUntilAsync(node => node?.Ready == ConditionStatus.True, default);

        _cluster.EndWatch();

        await waiting.Awaiting(it => it).Should().ThrowAsync<ClusterException>();
    }

    [Fact]
    public async Task Waiting_ends_with_the_caller_and_not_with_the_watch()
    {
        using var patience = new CancellationTokenSource();
        var waiting = _guard.WaitUntilAsync(node => node is null, patience.Token);

        await patience.CancelAsync();

        await waiting.Awaiting(it => it).Should().ThrowAsync<OperationCanceledException>();
    }

    private static Node Reporting(ConditionStatus ready, int seconds) => Silent with
    {
        ResourceVersion = $"{20 + seconds}",
        Conditions =
        [
            new Condition { Type = "Ready", Status = ready, LastHeartbeatAt = new DateTimeOffset(2026, 1, 1, 0, 0, seconds, TimeSpan.Zero) },
        ],
    };

    private FencingEvidence EvidenceAbout(Node node) =>
        new EvidenceRequest(node, false, new ClusterReads(_cluster.Client), _time.GetUtcNow(), EvidenceStrength.Strong).Confirm(EvidenceStrength.Strong, "test", "it is off", TimeSpan.FromHours(1));

    private async Task<NodeSilence> SilenceAsync(Node? baseline = null)
    {
        baseline ??= Silent;
        await HeardAsync(baseline with { ResourceVersion = "11" });
        return _guard.Hold(EvidenceAbout(baseline), baseline);
    }

    /// <summary>The watch tells it, and the guard has heard it.</summary>
    private async Task HeardAsync(Node? node)
    {
        _cluster.Tell(node);
        await _guard.WaitUntilAsync(heard => heard == node, default).WaitAsync(TimeSpan.FromSeconds(10));
    }
}
