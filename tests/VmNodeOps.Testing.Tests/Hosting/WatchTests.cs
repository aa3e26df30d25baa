using System.Diagnostics;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Hosting;

public sealed class WatchTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Events_arrive_one_a_line_and_at_once(string version)
    {
        await using var fixture = await FrontFixture.StartAsync();
        var client = fixture.Client(fixture.Front.Access.IssueToken("admin", ["system:masters"]), version: Version.Parse(version));
        using var watch = await WatchReader.OpenAsync(client, "/api/v1/nodes?watch=1&timeoutSeconds=3600");

        for (var index = 0; index < 5; index++)
        {
            fixture.AddNode($"node-{index}");
            var next = await watch.NextAsync();
            ((string)next!["type"]!).Should().Be("ADDED");
            ((string)next["object"]!["metadata"]!["name"]!).Should().Be($"node-{index}");
            ((string)next["object"]!["kind"]!).Should().Be("Node");
        }
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Time_stands_while_an_event_cannot_be_written_and_passes_again_when_it_is(string version)
    {
        await using var fixture = await FrontFixture.StartAsync();
        var client = fixture.Client(fixture.Front.Access.IssueToken("admin", ["system:masters"]), version: Version.Parse(version));
        using var watch = await WatchReader.OpenAsync(client, "/api/v1/configmaps?watch=1&timeoutSeconds=36000");
        const int events = 60;
        for (var index = 0; index < events; index++)
        {
            fixture.Api.Import(ResourceTypes.ConfigMaps, new JsonObject
            {
                ["kind"] = "ConfigMap",
                ["apiVersion"] = "v1",
                ["metadata"] = new JsonObject { ["name"] = $"c-{index}", ["namespace"] = "default" },
                ["data"] = new JsonObject { ["large"] = new string('x', 500_000) },
            });
        }

        // Nobody reads, so the connection is full; the wait is real because the clock must not move meanwhile.
        var advance = fixture.Time.AdvanceAsync(TimeSpan.FromSeconds(1));
        var first = await Task.WhenAny(advance, Task.Delay(TimeSpan.FromMilliseconds(200)));
        first.Should().NotBe(advance);

        for (var index = 0; index < events; index++)
        {
            await watch.NextAsync();
        }

        await advance;
    }

    [Fact]
    public async Task A_watch_of_tables_names_the_columns_once()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.Admin.DefaultRequestHeaders.Accept.ParseAdd("application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        using var watch = await WatchReader.OpenAsync(fixture.Admin, "/api/v1/nodes?watch=1");

        fixture.AddNode("a");
        fixture.AddNode("b");
        var first = (await watch.NextAsync())!["object"]!;
        var second = (await watch.NextAsync())!["object"]!;

        ((string)first["kind"]!).Should().Be("Table");
        first["columnDefinitions"]!.AsArray().Should().NotBeEmpty();
        second["columnDefinitions"].Should().BeNull();
        ((string)second["rows"]![0]!["cells"]![0]!).Should().Be("b");
    }

    [Fact]
    public async Task A_quiet_watch_ends_after_its_time_with_an_empty_body()
    {
        await using var fixture = await FrontFixture.StartAsync();
        var before = fixture.Time.GetUtcNow();

        using var response = await fixture.Admin.GetAsync("/api/v1/nodes?watch=1&timeoutSeconds=300");

        (await response.Content.ReadAsStringAsync()).Should().BeEmpty();
        (fixture.Time.GetUtcNow() - before).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(300));
    }

    [Fact]
    public async Task Stopping_the_server_cuts_open_watches_at_once()
    {
        await using var fixture = await FrontFixture.StartAsync();
        using var watch = await WatchReader.OpenAsync(fixture.Admin, "/api/v1/nodes?watch=1");
        var next = watch.NextAsync();
        var clock = Stopwatch.StartNew();

        await fixture.Front.DisposeAsync();

        var reading = async () => await next;
        (await reading.Should().ThrowAsync<Exception>()).Which.Should().Match(error => error is HttpRequestException || error is IOException);
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_client_that_goes_closes_its_watch()
    {
        await using var fixture = await FrontFixture.StartAsync();
        using (await WatchReader.OpenAsync(fixture.Admin, "/api/v1/nodes?watch=1&timeoutSeconds=36000"))
        {
            fixture.Api.OpenWatches.Should().Be(1);
        }

        await fixture.Time.UntilAsync(() => fixture.Api.OpenWatches == 0, TimeSpan.FromMinutes(10), "the watch is closed");
    }

    [Fact]
    public async Task A_burst_arrives_whole_and_in_order()
    {
        await using var fixture = await FrontFixture.StartAsync();
        using var watch = await WatchReader.OpenAsync(fixture.Admin, "/api/v1/configmaps?watch=1");

        for (var index = 0; index < 300; index++)
        {
            fixture.Api.Import(
                ResourceTypes.ConfigMaps,
                new JsonObject { ["kind"] = "ConfigMap", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["name"] = $"c-{index}", ["namespace"] = "default" } });
        }

        for (var index = 0; index < 300; index++)
        {
            ((string)(await watch.NextAsync())!["object"]!["metadata"]!["name"]!).Should().Be($"c-{index}");
        }
    }
}
