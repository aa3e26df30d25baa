using System.Net;
using System.Text.Json;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Faults;
using VmNodeOps.Testing.Tests.Hosting;

namespace VmNodeOps.Testing.Tests.Faults;

public sealed class FaultRulesTests
{
    [Fact]
    public async Task A_status_comes_instead_of_the_act()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.AddNode("node-1");
        var fault = fixture.Front.Faults.Add(new FaultRule
        {
            Verb = "delete",
            Effect = FaultEffect.Status(429, "TooManyRequests", "slow down", retryAfterSeconds: 2),
            Times = 1,
        });

        using var refused = await fixture.Admin.DeleteAsync("/api/v1/nodes/node-1");
        using var done = await fixture.Admin.DeleteAsync("/api/v1/nodes/node-1");

        refused.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(2));
        (await refused.Content.ReadAsStringAsync()).Should().Contain("slow down").And.Contain("\"retryAfterSeconds\":2");
        done.StatusCode.Should().Be(HttpStatusCode.OK);
        (fault.Matched, fault.Fired).Should().Be((2, 1));
    }

    [Theory]
    [InlineData(1, "1.1", false)]
    [InlineData(1, "2.0", false)]
    [InlineData(2, "1.1", true)]
    [InlineData(2, "2.0", true)]
    [InlineData(3, "1.1", true)]
    [InlineData(3, "2.0", true)]
    public async Task A_cut_leaves_the_client_without_an_answer_and_the_act_done_or_not(int which, string version, bool applied)
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.AddNode("node-1");
        fixture.Front.Faults.Add(new FaultRule
        {
            Verb = "delete",
            Effect = which switch { 1 => FaultEffect.CutBefore(), 2 => FaultEffect.CutAfter(), _ => FaultEffect.CutInBody() },
        });
        var client = fixture.Client(fixture.Front.Access.IssueToken("a", ["system:masters"]), version: Version.Parse(version));

        var request = () => client.DeleteAsync("/api/v1/nodes/node-1");

        await request.Should().ThrowAsync<HttpRequestException>();
        (fixture.Api.Get(ResourceTypes.Nodes, null, "node-1") is null).Should().Be(applied);
        fixture.Front.Requests.Writes.Should().OnlyContain(logged => logged.Applied == applied);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stalled_answer_ends_when_the_client_gives_up(bool headers)
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.AddNode("node-1");
        fixture.Front.Faults.Add(new FaultRule { Effect = headers ? FaultEffect.StallBody() : FaultEffect.NoAnswer() });
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2), fixture.Time);

        var request = async () =>
        {
            using var response = await fixture.Admin.GetAsync("/api/v1/nodes", HttpCompletionOption.ResponseHeadersRead, limit.Token);
            headers.Should().BeTrue();
            await response.Content.LoadIntoBufferAsync(limit.Token);
        };

        await request.Should().ThrowAsync<OperationCanceledException>();
        await fixture.Time.UntilAsync(
            () => fixture.Front.Requests.All[0].Ended is not null, TimeSpan.FromMinutes(10), "the server has noticed");
    }

    [Fact]
    public async Task A_delay_passes_on_the_clusters_clock_and_joins_other_effects()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.Front.Faults.Add(new FaultRule { Effect = FaultEffect.Delay(TimeSpan.FromMinutes(5)) });
        fixture.Front.Faults.Add(new FaultRule { Effect = FaultEffect.Status(503) });
        var before = fixture.Time.GetUtcNow();

        using var response = await fixture.Admin.GetAsync("/api/v1/nodes");

        response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (fixture.Time.GetUtcNow() - before).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMinutes(5));
        fixture.Front.Requests.All.Single().Fault.Should().Contain("Delay").And.Contain("Status");
    }

    [Fact]
    public async Task Rules_choose_by_verb_resource_name_count_and_time()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.AddNode("a");
        fixture.AddNode("b");
        var second = fixture.Front.Faults.Add(new FaultRule
        {
            Verb = "get", Resource = "nodes", Name = "a", Subresource = "", Skip = 1, Times = 1, Effect = FaultEffect.Status(500),
        });
        var later = fixture.Front.Faults.Add(new FaultRule { From = fixture.Time.GetUtcNow().AddHours(1), Effect = FaultEffect.Status(502) });

        var codes = new List<int>();
        foreach (var path in (string[])["nodes/a", "nodes/b", "nodes/a/status", "nodes/a", "nodes/a"])
        {
            using var response = await fixture.Admin.GetAsync($"/api/v1/{path}");
            codes.Add((int)response.StatusCode);
        }

        codes.Should().Equal(200, 200, 200, 500, 200);
        (second.Matched, second.Fired, later.Fired).Should().Be((3, 1, 0));
        await fixture.Time.AdvanceAsync(TimeSpan.FromHours(1));
        using var last = await fixture.Admin.GetAsync("/version");
        ((int)last.StatusCode).Should().Be(502);
    }

    [Fact]
    public async Task The_same_seed_strikes_the_same_requests()
    {
        var runs = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            await using var fixture = await FrontFixture.StartAsync();
            var fault = fixture.Front.Faults.Add(new FaultRule { Probability = 0.4, Seed = 7, Effect = FaultEffect.Status(503) });
            var codes = new List<HttpStatusCode>();
            for (var index = 0; index < 30; index++)
            {
                using var response = await fixture.Admin.GetAsync("/version");
                codes.Add(response.StatusCode);
            }

            fault.Fired.Should().BeInRange(5, 20);
            runs.Add(string.Join(' ', codes));
        }

        runs[0].Should().Be(runs[1]);
    }

    [Fact]
    public async Task A_watch_may_end_early_go_quiet_expire_or_be_cut()
    {
        await using var fixture = await FrontFixture.StartAsync();
        async Task<(string? Type, Exception? Error)> AfterOneEventAsync(FaultEffect effect)
        {
            using var fault = fixture.Front.Faults.Add(new FaultRule { Effect = effect });
            using var watch = await WatchReader.OpenAsync(
                fixture.Admin, $"/api/v1/nodes?watch=1&timeoutSeconds=3600&resourceVersion={fixture.Api.Revision}");
            var name = $"n-{Guid.NewGuid():n}";
            fixture.AddNode(name);
            ((string)(await watch.NextAsync())!["object"]!["metadata"]!["name"]!).Should().Be(name);
            fixture.AddNode($"m-{Guid.NewGuid():n}");
            try
            {
                var next = watch.NextAsync();
                if (await Task.WhenAny(next, fixture.Time.AdvanceAsync(TimeSpan.FromMinutes(5))) != next)
                {
                    return ("silence", null);
                }

                return ((string?)(await next)?["type"], null);
            }
            catch (Exception error) when (error is IOException or HttpRequestException or JsonException)
            {
                return (null, error);
            }
        }

        (await AfterOneEventAsync(FaultEffect.EndWatch(1))).Should().Be((null, null));
        (await AfterOneEventAsync(FaultEffect.ExpireWatch(1))).Type.Should().Be("ERROR");
        (await AfterOneEventAsync(FaultEffect.SilenceWatch(1))).Type.Should().Be("silence");
        (await AfterOneEventAsync(FaultEffect.CutWatch(1))).Error.Should().NotBeNull();
    }

    [Fact]
    public async Task A_watch_may_end_after_a_while()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.Front.Faults.Add(new FaultRule { Verb = "watch", Effect = FaultEffect.EndWatch(after: TimeSpan.FromSeconds(30)) });
        var before = fixture.Time.GetUtcNow();
        using var watch = await WatchReader.OpenAsync(fixture.Admin, "/api/v1/nodes?watch=1&timeoutSeconds=3600");

        (await watch.NextAsync()).Should().BeNull();

        (fixture.Time.GetUtcNow() - before).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30)).And.BeLessThan(TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task A_dropped_client_is_dead_to_the_server()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.AddNode("node-1");
        var dead = fixture.Client(fixture.Front.Access.IssueToken("a", ["system:masters"]));
        dead.DefaultRequestHeaders.UserAgent.ParseAdd("dead/1.0");
        fixture.Admin.DefaultRequestHeaders.UserAgent.ParseAdd("alive/1.0");
        using var watch = await WatchReader.OpenAsync(dead, $"/api/v1/nodes?watch=1&resourceVersion={fixture.Api.Revision}");
        var waiting = watch.NextAsync();

        using (fixture.Front.Faults.DropClient(userAgent: "dead/"))
        {
            var reading = async () => await waiting;
            await reading.Should().ThrowAsync<Exception>();
            var deleting = () => dead.DeleteAsync("/api/v1/nodes/node-1");
            await deleting.Should().ThrowAsync<HttpRequestException>();
            fixture.Api.Get(ResourceTypes.Nodes, null, "node-1").Should().NotBeNull();
            using var alive = await fixture.Admin.GetAsync("/api/v1/nodes/node-1");
            alive.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        using var again = await dead.DeleteAsync("/api/v1/nodes/node-1");
        again.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_request_on_its_way_is_not_applied_after_its_client_was_dropped()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.AddNode("node-1");
        fixture.Front.Faults.Add(new FaultRule { Verb = "delete", Effect = FaultEffect.Delay(TimeSpan.FromSeconds(10)) });
        using (fixture.Time.Pause())
        {
            var request = fixture.Admin.DeleteAsync("/api/v1/nodes/node-1");
            while (fixture.Front.Requests.All is not [{ Fault: not null }])
            {
                await Task.Yield();
            }

            fixture.Front.Faults.DropClient(user: "admin");

            var waiting = () => request;
            await waiting.Should().ThrowAsync<HttpRequestException>();
        }

        await fixture.Time.AdvanceAsync(TimeSpan.FromSeconds(20));
        fixture.Api.Get(ResourceTypes.Nodes, null, "node-1").Should().NotBeNull();
    }
}
