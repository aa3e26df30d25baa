using Microsoft.Extensions.Time.Testing;
using VmNodeOps.Cluster;
using VmNodeOps.Tests.Execution;

namespace VmNodeOps.Tests.Locking;

public sealed class NodeLockTests
{
    private static readonly ObjectName LeaseName = new("medik8s-leases", "node-worker-3");
    private static readonly ClusterException Outage = new(ClusterErrorCause.Unreachable, "no route");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ScriptedLeases _leases;

    public NodeLockTests() => _leases = new ScriptedLeases(_time);

    [Fact]
    public async Task A_free_node_is_taken_with_a_lease_as_medik8s_writes_it()
    {
        await using var taken = await TakenAsync();

        _leases.Only.Name.Should().Be(LeaseName);
        _leases.Only.HolderIdentity.Should().StartWith("vmnodeops/");
        _leases.Only.Duration.Should().Be(TimeSpan.FromMinutes(1));
        _leases.Only.Owners.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Kind = "Node", Name = "worker-3", Uid = "uid-1" });
    }

    [Fact]
    public async Task A_held_node_is_refused_and_the_holder_named()
    {
        _leases.Put(Foreign(renewedAgo: TimeSpan.FromMinutes(10)));

        var attempt = await Taking().TakeAsync(CancellationToken.None);

        attempt.Lock.Should().BeNull();
        attempt.Refusal.Should().Contain("node-maintenance").And.Contain("2026-01-01 11:50:00Z");
        _leases.Renewals.Should().Be(0);
    }

    [Theory]
    [InlineData(61, "it expired at")]
    [InlineData(-10, "lies in the future")]
    public async Task A_lease_that_nobody_holds_any_more_is_taken_over_with_a_word(int renewedMinutesAgo, string why)
    {
        _leases.Put(Foreign(renewedAgo: TimeSpan.FromMinutes(renewedMinutesAgo)));

        var attempt = await Taking().TakeAsync(CancellationToken.None);

        await using var taken = attempt.Lock!;
        attempt.Findings.Should().ContainSingle().Which.Message.Should().Contain("node-maintenance").And.Contain(why);
        _leases.Only.Transitions.Should().Be(1);
        _leases.Only.HolderIdentity.Should().StartWith("vmnodeops/");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task Our_own_clock_does_not_matter(int serverAheadMinutes)
    {
        _leases.Skew = TimeSpan.FromMinutes(serverAheadMinutes);
        _leases.Put(Foreign(renewedAgo: TimeSpan.FromMinutes(57)));

        var held = await Taking().TakeAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(4));
        var free = await Taking().TakeAsync(CancellationToken.None);

        held.Lock.Should().BeNull();
        await using var taken = free.Lock;
        taken.Should().NotBeNull();
    }

    [Fact]
    public async Task Of_two_at_once_exactly_one_gets_it()
    {
        var attempts = await Task.WhenAll(
            Taking(new NodeLockOptions { SilencePatience = TimeSpan.Zero }).TakeAsync(CancellationToken.None),
            Taking(new NodeLockOptions { SilencePatience = TimeSpan.Zero }).TakeAsync(CancellationToken.None));

        var got = attempts.Where(attempt => attempt.Lock is not null).Should().ContainSingle().Subject;
        await got.Lock!.DisposeAsync();
    }

    [Fact]
    public async Task It_is_renewed_until_released_and_then_gone()
    {
        await using var taken = await TakenAsync();

        for (var minute = 0; minute < 10; minute++)
        {
            await AdvanceAsync(TimeSpan.FromMinutes(1));
            LeaseValidity.IsHeld(_leases.Only, _leases.ServerTime).Should().BeTrue();
            taken.IsHeld.Should().BeTrue();
        }

        await taken.ReleaseAsync(CancellationToken.None);
        _leases.Stored.Should().BeEmpty();
    }

    [Fact]
    public async Task A_short_outage_is_survived()
    {
        await using var taken = await TakenAsync();

        _leases.Outage = Outage;
        await AdvanceAsync(TimeSpan.FromSeconds(40));
        _leases.Outage = null;
        await AdvanceAsync(TimeSpan.FromSeconds(30));

        taken.IsHeld.Should().BeTrue();
        taken.Lost.IsCancellationRequested.Should().BeFalse();
    }

    [Fact]
    public async Task A_long_outage_stops_writes_before_anybody_else_may_take_it_and_no_longer_than_needed()
    {
        await using var taken = await TakenAsync();
        _leases.Outage = Outage;

        while (taken.IsHeld)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        LeaseValidity.IsHeld(_leases.Only, _leases.ServerTime).Should().BeTrue("we must stop while others still see it held");
        var write = taken.EnsureHeldAsync(CancellationToken.None);
        await AdvanceAsync(TimeSpan.FromMinutes(5));
        write.IsCompleted.Should().BeFalse();
        _leases.Outage = null;
        await AdvanceAsync(TimeSpan.FromSeconds(15));
        await write;
        taken.WhyLost.Should().BeNull("nobody took it meanwhile");
    }

    [Fact]
    public async Task One_that_was_taken_during_an_outage_is_lost_for_good()
    {
        await using var taken = await TakenAsync();
        _leases.Outage = Outage;
        await AdvanceAsync(TimeSpan.FromMinutes(2));
        var write = taken.EnsureHeldAsync(CancellationToken.None);
        _leases.Put(_leases.Only with { HolderIdentity = "thief", RenewedAt = _leases.ServerTime });
        _leases.Outage = null;
        await AdvanceAsync(TimeSpan.FromSeconds(15));

        await FluentActions.Awaiting(() => write).Should().ThrowAsync<WriteRefusedException>().WithMessage("*thief*");
        taken.Lost.IsCancellationRequested.Should().BeTrue();
    }

    [Fact]
    public async Task A_stolen_lease_is_noticed_and_left_to_the_thief()
    {
        await using var taken = await TakenAsync();
        _leases.Put(_leases.Only with { HolderIdentity = "thief", AcquiredAt = _time.GetUtcNow() });

        await AdvanceAsync(TimeSpan.FromSeconds(20));

        taken.Lost.IsCancellationRequested.Should().BeTrue();
        taken.WhyLost.Should().Contain("thief");
        await taken.ReleaseAsync(CancellationToken.None);
        _leases.Only.HolderIdentity.Should().Be("thief");
    }

    [Fact]
    public async Task A_lease_stolen_just_before_the_end_is_not_deleted()
    {
        await using var taken = await TakenAsync();
        _leases.Put(_leases.Only with { HolderIdentity = "thief" });

        await taken.ReleaseAsync(CancellationToken.None);

        _leases.Only.HolderIdentity.Should().Be("thief");
    }

    [Fact]
    public async Task A_renewal_whose_answer_was_lost_does_not_leave_the_lease_behind()
    {
        await using var taken = await TakenAsync();
        _leases.Put(_leases.Only);

        await taken.ReleaseAsync(CancellationToken.None);

        _leases.Stored.Should().BeEmpty();
    }

    [Fact]
    public async Task A_release_sits_out_trouble_that_passes()
    {
        await using var taken = await TakenAsync();
        _leases.Outage = Outage;
        var release = taken.ReleaseAsync(CancellationToken.None);
        await AdvanceAsync(TimeSpan.FromSeconds(3));
        _leases.Outage = null;
        await AdvanceAsync(TimeSpan.FromSeconds(2));

        await release;
        _leases.Stored.Should().BeEmpty();
    }

    [Fact]
    public async Task A_missing_namespace_is_made()
    {
        _leases.Namespaces.Remove("medik8s-leases");

        await using var taken = await TakenAsync();

        _leases.Namespaces.Should().Contain("medik8s-leases");
    }

    [Fact]
    public async Task A_namespace_that_may_not_be_made_is_refused_clearly()
    {
        _leases.Namespaces.Remove("medik8s-leases");
        _leases.MayCreateNamespaces = false;

        var attempt = await Taking().TakeAsync(CancellationToken.None);

        attempt.Refusal.Should().Contain("kubectl create namespace medik8s-leases").And.Contain("may not create namespaces");
    }

    [Fact]
    public async Task Or_the_fallback_namespace_is_used_with_a_word()
    {
        _leases.Namespaces.Remove("medik8s-leases");
        _leases.MayCreateNamespaces = false;

        var attempt = await Taking(new NodeLockOptions { FallbackNamespace = "spare" }).TakeAsync(CancellationToken.None);

        await using var taken = attempt.Lock!;
        _leases.Only.Name.Namespace.Should().Be("spare");
        attempt.Findings.Should().ContainSingle().Which.Code.Should().Be("LeaseElsewhere");
    }

    [Fact]
    public async Task A_lease_of_a_run_that_died_is_waited_for_and_taken_over()
    {
        _leases.Put(Foreign(renewedAgo: TimeSpan.FromSeconds(10)) with { Duration = TimeSpan.FromMinutes(1) });
        var told = new List<Finding>();

        var taking = new NodeLockTaking(_leases.Client, TheNode, new NodeLockOptions(), _time, told.Add).TakeAsync(CancellationToken.None);
        await AdvanceAsync(TimeSpan.FromSeconds(45));
        taking.IsCompleted.Should().BeFalse("its holder may still live");
        await AdvanceUntilDoneAsync(taking);

        await using var taken = (await taking).Lock;
        taken.Should().NotBeNull();
        told.Should().ContainSingle().Which.Code.Should().Be("WaitsForLease");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_first_sign_of_its_holder_ends_the_wait(bool renews)
    {
        var lease = Foreign(renewedAgo: TimeSpan.FromSeconds(10)) with { Duration = TimeSpan.FromMinutes(1) };
        _leases.Put(lease);

        var taking = Taking().TakeAsync(CancellationToken.None);
        await AdvanceAsync(TimeSpan.FromSeconds(5));
        if (renews)
        {
            _leases.Put(lease with { RenewedAt = _leases.ServerTime });
        }
        else
        {
            _leases.Stored.Clear();
        }

        await AdvanceUntilDoneAsync(taking);

        var attempt = await taking;
        attempt.Lock.Should().BeNull("it lived a moment ago, so it is not ours to follow unasked");
        attempt.Refusal.Should().Contain("node-maintenance").And.Contain(renews ? "lives" : "released");
    }

    [Fact]
    public async Task Who_does_not_want_to_wait_is_refused_at_once()
    {
        _leases.Put(Foreign(renewedAgo: TimeSpan.FromSeconds(10)) with { Duration = TimeSpan.FromMinutes(1) });

        var attempt = await Taking(new NodeLockOptions { SilencePatience = TimeSpan.Zero }).TakeAsync(CancellationToken.None);

        attempt.Refusal.Should().Contain("held by node-maintenance");
    }

    private static Node TheNode => ScriptedCluster.NodeThatIs(ConditionStatus.True);

    private Lease Foreign(TimeSpan renewedAgo) => new()
    {
        Name = LeaseName,
        Uid = "foreign",
        HolderIdentity = "node-maintenance",
        Duration = TimeSpan.FromHours(1),
        AcquiredAt = _leases.ServerTime - renewedAgo,
        RenewedAt = _leases.ServerTime - renewedAgo,
    };

    private NodeLockTaking Taking(NodeLockOptions? options = null) => new(_leases.Client, TheNode, options ?? new NodeLockOptions(), _time);

    private async Task<NodeLock> TakenAsync() => (await Taking().TakeAsync(CancellationToken.None)).Lock!;

    private async Task AdvanceUntilDoneAsync(Task task)
    {
        for (var second = 0; second < 300 && !task.IsCompleted; second++)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        task.IsCompleted.Should().BeTrue();
    }

    /// <summary>Second by second, so that every timer fires in its own time; the renewal runs on the thread pool.</summary>
    private async Task AdvanceAsync(TimeSpan duration)
    {
        for (var second = 0; second < duration.TotalSeconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            for (var turn = 0; turn < 20; turn++)
            {
                await Task.Yield();
            }
        }
    }
}
