using System.Net;
using VmNodeOps.Testing.Access;

namespace VmNodeOps.Testing.Tests.Hosting;

public sealed class HttpFrontTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_get_over_https_answers_the_object(string version)
    {
        await using var fixture = await FrontFixture.StartAsync();
        using var pause = fixture.Time.Pause();
        fixture.AddNode("1.1.1.211");
        var token = fixture.Front.Access.IssueToken("admin", [AccessControl.Masters]);
        var client = fixture.Client(token, version: Version.Parse(version));

        using var response = await client.GetAsync("/api/v1/nodes/1.1.1.211");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().Should().Be("application/json");
        (await response.Content.ReadAsStringAsync()).Should().Contain("\"name\":\"1.1.1.211\"");
        response.Headers.GetValues("Audit-Id").Should().ContainSingle();
        response.Headers.CacheControl!.ToString().Should().Be("no-cache, private");
        response.Headers.Date.Should().BeCloseTo(fixture.Time.GetUtcNow(), TimeSpan.FromSeconds(1));
    }
}
