using System.Net;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Hosting;
using VmNodeOps.Testing.Tests.Hosting;

namespace VmNodeOps.Testing.Tests.Discovery;

public sealed class DiscoveryTests
{
    private const string Aggregated =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    [Theory]
    [InlineData("004", "/api/v1")]
    [InlineData("005", "/apis/policy/v1")]
    [InlineData("006", "/apis/storage.k8s.io/v1")]
    [InlineData("007", "/apis/apps/v1")]
    [InlineData("008", "/apis/coordination.k8s.io/v1")]
    [InlineData("009", "/apis/authorization.k8s.io/v1")]
    [InlineData("201", "/apis/kubevirt.io/v1")]
    [InlineData("202", "/apis/subresources.kubevirt.io/v1")]
    public async Task Every_resource_listed_is_listed_word_for_word_as_recorded(string number, string path)
    {
        await using var fixture = await FrontFixture.StartAsync(new HttpFrontOptions { Settings = new() { KubeVirtVersion = "v1.9.0" } });
        var recorded = Recorded.Answer(number);

        var answer = await fixture.Admin.GetAsync(path).JsonAsync();

        var known = recorded["resources"]!.AsArray().ToDictionary(entry => (string)entry!["name"]!, entry => entry!.ToJsonString());
        var listed = answer["resources"]!.AsArray();
        listed.Should().NotBeEmpty();
        foreach (var entry in listed)
        {
            known.Should().ContainKey((string)entry!["name"]!).WhoseValue.Should().Be(entry.ToJsonString());
        }

        answer.Remove("resources");
        recorded.Remove("resources");
        answer.ToJsonString().Should().Be(recorded.ToJsonString());
    }

    [Theory]
    [InlineData("238", "/api?timeout=32s")]
    [InlineData("239", "/apis?timeout=32s")]
    public async Task Aggregated_discovery_lists_every_resource_as_recorded(string number, string path)
    {
        var settings = new ServerSettings { Version = "v1.36.2", KubeVirtVersion = "v1.9.0" };
        await using var fixture = await FrontFixture.StartAsync(new HttpFrontOptions { Settings = settings });
        fixture.Admin.DefaultRequestHeaders.Accept.ParseAdd(Aggregated);

        using var response = await fixture.Admin.GetAsync(path);

        response.Content.Headers.ContentType!.ToString().Replace(" ", "", StringComparison.Ordinal)
            .Should().Be("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        response.Headers.CacheControl!.Public.Should().BeTrue();
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        var known = Resources(Recorded.Answer(number)).ToDictionary(pair => pair.Key, pair => pair.Resource);
        foreach (var (key, resource) in Resources(answer))
        {
            known.Should().ContainKey(key);
            var expected = known[key].DeepClone().AsObject();
            WithoutUnservedSubresources(expected, resource);
            resource.ToJsonString().Should().Be(expected.ToJsonString());
        }
    }

    [Fact]
    public async Task A_client_that_knows_the_document_gets_it_only_once()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.Admin.DefaultRequestHeaders.Accept.ParseAdd(Aggregated);
        using var first = await fixture.Admin.GetAsync("/apis");
        fixture.Admin.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await fixture.Admin.GetAsync("/apis");

        second.StatusCode.Should().Be(HttpStatusCode.NotModified);
    }

    [Theory]
    [InlineData("v1.26.0", null)]
    [InlineData("v1.28.8", "v2beta1")]
    [InlineData("v1.30.1", "v2")]
    public async Task Old_servers_offer_the_older_form_of_aggregated_discovery(string version, string? form)
    {
        await using var fixture = await FrontFixture.StartAsync(new HttpFrontOptions { Settings = new() { Version = version } });
        fixture.Admin.DefaultRequestHeaders.Accept.ParseAdd(Aggregated);

        var answer = await fixture.Admin.GetAsync("/apis").JsonAsync();

        ((string)answer["kind"]!).Should().Be(form is null ? "APIGroupList" : "APIGroupDiscoveryList");
        ((string)answer["apiVersion"]!).Should().Be(form is null ? "v1" : $"apidiscovery.k8s.io/{form}");
    }

    [Theory]
    [InlineData(null, false, false)]
    [InlineData("v1.3.1", true, false)]
    [InlineData("v1.7.0", true, true)]
    public async Task What_is_listed_of_kubevirt_depends_on_its_version(string? version, bool listed, bool evacuateCancel)
    {
        await using var fixture = await FrontFixture.StartAsync(new HttpFrontOptions { Settings = new() { KubeVirtVersion = version } });

        var groups = await fixture.Admin.GetStringAsync("/apis");
        using var subresources = await fixture.Admin.GetAsync("/apis/subresources.kubevirt.io/v1");
        var text = await subresources.Content.ReadAsStringAsync();

        groups.Contains("\"kubevirt.io\"", StringComparison.Ordinal).Should().Be(listed);
        subresources.StatusCode.Should().Be(listed ? HttpStatusCode.OK : HttpStatusCode.NotFound);
        text.Contains("virtualmachineinstances/evacuate/cancel", StringComparison.Ordinal).Should().Be(evacuateCancel);
    }

    [Fact]
    public async Task Without_virt_api_its_group_is_stale_and_its_paths_are_a_503()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.Front.Settings.VirtApiAnswers = () => false;

        using var plain = await fixture.Admin.GetAsync("/apis/subresources.kubevirt.io/v1");
        fixture.Admin.DefaultRequestHeaders.Accept.ParseAdd(Aggregated);
        var all = await fixture.Admin.GetAsync("/apis").JsonAsync();

        plain.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        var freshness = all["items"]!.AsArray().ToDictionary(
            item => (string)item!["metadata"]!["name"]!, item => (string)item!["versions"]![0]!["freshness"]!);
        freshness["subresources.kubevirt.io"].Should().Be("Stale");
        freshness["kubevirt.io"].Should().Be("Current");
    }

    [Fact]
    public async Task The_version_is_the_one_that_was_set()
    {
        await using var fixture = await FrontFixture.StartAsync();

        var version = await fixture.Admin.GetAsync("/version").JsonAsync();

        ((string)version["gitVersion"]!).Should().Be("v1.28.8");
        ((string)version["major"]!).Should().Be("1");
        ((string)version["minor"]!).Should().Be("28");
    }

    private static IEnumerable<(string Key, JsonObject Resource)> Resources(JsonObject document) =>
        from item in document["items"]!.AsArray()
        from version in item!["versions"]!.AsArray()
        from resource in version!["resources"]!.AsArray()
        select ($"{(string?)item["metadata"]!["name"]}/{(string?)version["version"]}/{(string?)resource!["resource"]}", resource.AsObject());

    /// <summary>The simulation serves fewer subresources than a real server; those it serves must be the same.</summary>
    private static void WithoutUnservedSubresources(JsonObject expected, JsonObject served)
    {
        if (expected["subresources"] is not JsonArray all)
        {
            return;
        }

        var names = (served["subresources"] as JsonArray ?? []).Select(entry => (string)entry!["subresource"]!).ToHashSet();
        expected["subresources"] = new JsonArray([.. all.Where(entry => names.Contains((string)entry!["subresource"]!)).Select(entry => entry!.DeepClone())]);
        if (names.Count == 0)
        {
            expected.Remove("subresources");
        }
    }
}
