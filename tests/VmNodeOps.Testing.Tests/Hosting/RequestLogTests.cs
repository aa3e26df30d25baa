using VmNodeOps.Testing.Access;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Hosting;

public sealed class RequestLogTests
{
    [Fact]
    public async Task A_request_is_logged_with_what_it_asked_and_what_it_got()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.AddNode("node-1");
        fixture.Admin.DefaultRequestHeaders.UserAgent.ParseAdd("drainer/1.0");
        const string body = """{"spec":{"unschedulable":true}}""";
        using var patch = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/strategic-merge-patch+json"));

        using var response = await fixture.Admin.PatchAsync("/api/v1/nodes/node-1?fieldManager=test", patch);

        var logged = fixture.Front.Requests.Writes.Should().ContainSingle().Subject;
        (logged.Method, logged.Verb, logged.Resource, logged.Name, logged.Subresource).Should().Be(("PATCH", "patch", "nodes", "node-1", null));
        (logged.Path, logged.Query, logged.User, logged.UserAgent).Should().Be(("/api/v1/nodes/node-1", "fieldManager=test", "admin", "drainer/1.0"));
        (logged.Body, logged.StatusCode, logged.Applied, logged.BytesIn).Should().Be((body, 200, true, body.Length));
        logged.BytesOut.Should().BeGreaterThan(100);
        logged.Headers.Should().ContainKey("Content-Type").And.NotContainKey("Authorization");
        logged.ToString().Should().Be($"{logged.Number} PATCH /api/v1/nodes/node-1?fieldManager=test -> 200");
    }

    [Fact]
    public async Task The_token_that_was_sent_is_in_a_place_of_its_own_and_nowhere_else()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.Front.Access.AcceptToken("of-my-choice", "ops", [AccessControl.Masters]);

        using var response = await fixture.Client("of-my-choice").GetAsync("/api/v1/nodes");

        var logged = fixture.Front.Requests.All.Should().ContainSingle().Subject;
        (logged.StatusCode, logged.User, logged.Authorization).Should().Be((200, "ops", "Bearer of-my-choice"));
        logged.Headers.Values.Append(logged.ToString()).Should().NotContainMatch("*of-my-choice*");
    }

    [Theory]
    [InlineData("?dryRun=All", "{}")]
    [InlineData("", """{"dryRun":["All"]}""")]
    public async Task A_dry_run_is_not_applied(string query, string body)
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.AddNode("node-1");
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/nodes/node-1{query}") { Content = FrontFixture.Json(body) };

        using var response = await fixture.Admin.SendAsync(request);

        var logged = fixture.Front.Requests.All.Should().ContainSingle().Subject;
        (logged.StatusCode, logged.Applied).Should().Be((200, false));
        fixture.Api.Get(ResourceTypes.Nodes, null, "node-1").Should().NotBeNull();
    }

    [Fact]
    public async Task A_refused_write_is_not_applied()
    {
        await using var fixture = await FrontFixture.StartAsync();

        using var response = await fixture.Admin.DeleteAsync("/api/v1/nodes/none");

        var logged = fixture.Front.Requests.All.Should().ContainSingle().Subject;
        (logged.StatusCode, logged.Applied).Should().Be((404, false));
    }

    [Fact]
    public async Task Counts_go_on_when_requests_are_no_longer_kept()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.Front.Requests.Capacity = 2;

        for (var index = 0; index < 3; index++)
        {
            using var response = await fixture.Admin.GetAsync("/api/v1/nodes");
        }

        using var version = await fixture.Admin.GetAsync("/version");
        fixture.Front.Requests.All.Select(request => request.Path).Should().Equal("/api/v1/nodes", "/version");
        fixture.Front.Requests.Counts.Should().BeEquivalentTo(new Dictionary<string, long> { ["list nodes"] = 3, ["get /version"] = 1 });
        fixture.Front.Requests.Total.Should().Be(4);
    }
}
