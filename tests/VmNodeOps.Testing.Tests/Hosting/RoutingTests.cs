using System.Net;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Tests.Hosting;

public sealed class RoutingTests
{
    [Theory]
    [InlineData("/apis/nope.example.org/v1/things")]
    [InlineData("/apis/kubevirt.io/v1/nopes")]
    [InlineData("/nope")]
    public async Task An_unknown_path_is_answered_in_plain_text(string path)
    {
        await using var fixture = await FrontFixture.StartAsync();

        using var response = await fixture.Admin.GetAsync(path);

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType!.ToString().Should().Be("text/plain; charset=utf-8");
        (await response.Content.ReadAsStringAsync()).Should().Be("404 page not found\n");
    }

    [Theory]
    [InlineData("/api/v1/nopes")]
    [InlineData("/api/v1/pods/a")]
    [InlineData("/api/v1/namespaces/a/nodes")]
    [InlineData("/apis/policy/v2/poddisruptionbudgets")]
    [InlineData("/api/v1/nodes/../namespaces/default")]
    public async Task An_unknown_resource_of_a_known_group_is_answered_with_a_status(string path)
    {
        await using var fixture = await FrontFixture.StartAsync();
        // HttpClient tidies up dots; a raw path needs a way around it.
        var uri = new Uri(fixture.Front.Address + path.TrimStart('/'), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

        var answer = await fixture.Admin.GetAsync(uri).JsonAsync();

        ((string)answer["message"]!).Should().Be("the server could not find the requested resource");
        ((string)answer["reason"]!).Should().Be("NotFound");
    }

    [Theory]
    [InlineData("POST", "/api/v1/nodes/node-1")]
    [InlineData("PUT", "/api/v1/nodes")]
    [InlineData("DELETE", "/api/v1/pods")]
    [InlineData("DELETE", "/api/v1/namespaces")]
    [InlineData("GET", "/api/v1/namespaces/a/pods/b/eviction")]
    public async Task A_method_that_is_not_allowed_is_a_405_as_recorded(string method, string path)
    {
        await using var fixture = await FrontFixture.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        var answer = await fixture.Admin.SendAsync(request).JsonAsync();

        answer.ToJsonString().Should().Be(Recorded.Answer("078").ToJsonString());
        fixture.Rest.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task A_slash_at_the_end_means_the_collection()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.Rest.Answer = _ => new JsonAnswer(200, new JsonObject());

        using var response = await fixture.Admin.DeleteAsync("/api/v1/namespaces/default/pods/");

        var call = fixture.Rest.Calls.Should().ContainSingle().Subject;
        call.Verb.Should().Be("deletecollection");
        call.Name.Should().BeNull();
        call.Namespace.Should().Be("default");
    }

    [Fact]
    public async Task An_empty_name_before_a_subresource_is_a_bad_request()
    {
        await using var fixture = await FrontFixture.StartAsync();

        var answer = await fixture.Admin.PostAsync("/api/v1/namespaces/default/pods//eviction", FrontFixture.Json("{}")).JsonAsync();

        ((string)answer["message"]!).Should().Be("name must be provided");
    }

    [Theory]
    [InlineData("text/plain", "415: Unsupported Media Type")]
    [InlineData("application/vnd.kubernetes.protobuf", "415: Unsupported Media Type")]
    public async Task A_patch_of_an_unknown_type_is_a_415(string type, string message)
    {
        await using var fixture = await FrontFixture.StartAsync();
        using var content = new StringContent("{}");
        content.Headers.ContentType = new(type);

        var answer = await fixture.Admin.PatchAsync("/api/v1/nodes/node-1", content).JsonAsync();

        ((string)answer["message"]!).Should().Be(message);
        ((int)answer["code"]!).Should().Be(415);
    }

    [Fact]
    public async Task A_body_in_protobuf_is_a_415_and_one_too_large_a_413()
    {
        await using var fixture = await FrontFixture.StartAsync();
        using var protobuf = new StringContent("k8s");
        protobuf.Headers.ContentType = new("application/vnd.kubernetes.protobuf");
        using var large = new StringContent(new string(' ', 3 * 1024 * 1024 + 1));
        large.Headers.ContentType = new("application/json");

        using var first = await fixture.Admin.PostAsync("/api/v1/nodes", protobuf);
        using var second = await fixture.Admin.PostAsync("/api/v1/nodes", large);

        ((int)first.StatusCode).Should().Be(415);
        ((int)second.StatusCode).Should().Be(413);
    }

    [Theory]
    [InlineData("application/vnd.kubernetes.protobuf,application/json", 200)]
    [InlineData("application/json, */*", 200)]
    [InlineData("application/vnd.kubernetes.protobuf", 406)]
    [InlineData("application/yaml", 406)]
    public async Task Clients_that_prefer_other_forms_get_json_or_a_406(string accept, int status)
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.AddNode("node-1");
        fixture.Admin.DefaultRequestHeaders.Accept.ParseAdd(accept);

        using var response = await fixture.Admin.GetAsync("/api/v1/nodes/node-1");

        ((int)response.StatusCode).Should().Be(status);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
    }

    [Fact]
    public async Task Items_of_built_in_lists_name_no_kind_and_those_of_custom_resources_do()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.AddNode("node-1");
        fixture.Api.Import(ResourceTypes.VirtualMachines, JsonNode.Parse("""{"kind":"VirtualMachine","apiVersion":"kubevirt.io/v1","metadata":{"name":"a","namespace":"default"}}""")!.AsObject());

        var nodes = await fixture.Admin.GetAsync("/api/v1/nodes").JsonAsync();
        var machines = await fixture.Admin.GetAsync("/apis/kubevirt.io/v1/virtualmachines").JsonAsync();

        nodes["items"]![0]!.AsObject().ContainsKey("kind").Should().BeFalse();
        ((string)nodes["kind"]!).Should().Be("NodeList");
        ((string)machines["items"]![0]!["kind"]!).Should().Be("VirtualMachine");
        ((string)machines["apiVersion"]!).Should().Be("kubevirt.io/v1");
    }

    [Fact]
    public async Task Metadata_only_lists_hold_nothing_but_metadata()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.AddNode("node-1", node => node["spec"] = new JsonObject { ["providerID"] = "x" });
        fixture.Admin.DefaultRequestHeaders.Accept.ParseAdd("application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json");

        var list = await fixture.Admin.GetAsync("/api/v1/nodes").JsonAsync();

        ((string)list["kind"]!).Should().Be("PartialObjectMetadataList");
        list["items"]![0]!.AsObject().Select(pair => pair.Key).Should().Equal("kind", "apiVersion", "metadata");
    }

    [Fact]
    public async Task Large_answers_are_compressed_when_the_client_takes_it()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.AddNode("node-1", node => node["metadata"]!["annotations"] = new JsonObject { ["large"] = new string('x', 200_000) });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/nodes");
        request.Headers.AcceptEncoding.ParseAdd("gzip");

        using var response = await fixture.Admin.SendAsync(request);

        response.Content.Headers.ContentEncoding.Should().Equal("gzip");
        response.Content.Headers.ContentLength.Should().BeLessThan(20_000);
    }

    [Fact]
    public async Task An_answer_without_a_body_has_none()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.Rest.Answer = _ => new JsonAnswer(202, null);

        using var response = await fixture.Admin.PutAsync(
            "/apis/subresources.kubevirt.io/v1/namespaces/default/virtualmachines/lm/migrate", FrontFixture.Json("{}"));

        ((int)response.StatusCode).Should().Be(202);
        response.Content.Headers.ContentType.Should().BeNull();
        (await response.Content.ReadAsStringAsync()).Should().BeEmpty();
        var call = fixture.Rest.Calls.Should().ContainSingle().Subject;
        call.Type.QualifiedName.Should().Be("virtualmachines.subresources.kubevirt.io");
        call.Subresource.Should().Be("migrate");
    }

    [Fact]
    public async Task A_refusal_may_take_its_time_and_say_when_to_come_back()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.Rest.Answer = _ => throw new ApiErrorException(ApiErrorException.Create(500, "InternalError", "webhook").Status)
        {
            Delay = TimeSpan.FromSeconds(10),
            RetryAfterSeconds = 3,
            Warnings = ["unknown field \"a\""],
        };
        var before = fixture.Time.GetUtcNow();

        using var response = await fixture.Admin.GetAsync("/api/v1/nodes");

        (fixture.Time.GetUtcNow() - before).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(10));
        response.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(3));
        response.Headers.GetValues("Warning").Should().Equal("299 - \"unknown field \\\"a\\\"\"");
    }

    [Fact]
    public async Task The_date_header_can_be_skewed()
    {
        await using var fixture = await FrontFixture.StartAsync();
        using var pause = fixture.Time.Pause();
        fixture.Front.Settings.DateSkew = TimeSpan.FromHours(-2);

        using var response = await fixture.Admin.GetAsync("/version");

        response.Headers.Date.Should().BeCloseTo(fixture.Time.GetUtcNow().AddHours(-2), TimeSpan.FromSeconds(1));
    }
}
