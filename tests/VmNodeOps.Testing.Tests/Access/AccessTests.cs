using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Access;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Tests.Hosting;

namespace VmNodeOps.Testing.Tests.Access;

public sealed class AccessTests
{
    private const string Account = "system:serviceaccount:default:default";

    [Fact]
    public async Task A_token_that_is_not_valid_is_refused_as_recorded()
    {
        await using var fixture = await FrontFixture.StartAsync();

        var answer = await fixture.Client("nonsense").GetAsync("/api/v1/nodes").JsonAsync();

        answer.ToJsonString().Should().Be(Recorded.Answer("075").ToJsonString());
    }

    [Fact]
    public async Task A_token_expires_on_the_clusters_clock()
    {
        await using var fixture = await FrontFixture.StartAsync();
        var client = fixture.Client(fixture.Front.Access.IssueToken("jane", [AccessControl.Masters], TimeSpan.FromHours(1)));
        using var before = await client.GetAsync("/api/v1/nodes");
        await fixture.Time.AdvanceAsync(TimeSpan.FromHours(1));

        using var after = await client.GetAsync("/api/v1/nodes");

        before.StatusCode.Should().Be(HttpStatusCode.OK);
        after.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Without_credentials_one_is_anonymous_and_may_only_ask_for_health_and_version()
    {
        await using var fixture = await FrontFixture.StartAsync();
        var client = fixture.Client();

        var refused = await client.GetAsync("/api/v1/nodes").JsonAsync();
        using var version = await client.GetAsync("/version");

        ((string)refused["message"]!).Should().Be(
            "nodes is forbidden: User \"system:anonymous\" cannot list resource \"nodes\" in API group \"\" at the cluster scope");
        ((int)refused["code"]!).Should().Be(403);
        version.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_client_certificate_names_user_and_groups()
    {
        await using var fixture = await FrontFixture.StartAsync();
        var client = fixture.Client(certificate: fixture.Front.Access.IssueClientCertificate("jane", ["ops", "night:shift"]));

        using var response = await client.PostAsJsonAsync("/apis/authentication.k8s.io/v1/selfsubjectreviews", new { kind = "SelfSubjectReview" });

        response.StatusCode.Should().Be(HttpStatusCode.Created);
        var user = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["status"]!["userInfo"]!;
        user.ToJsonString().Should().Be("""{"username":"jane","groups":["ops","night:shift","system:authenticated"]}""");
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_a_401()
    {
        await using var fixture = await FrontFixture.StartAsync();
        using var other = new CertificateAuthority("kubernetes");

        using var response = await fixture.Client(certificate: other.IssueClientCertificate("admin", [AccessControl.Masters])).GetAsync("/api/v1/nodes");

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("073", "/api/v1/nodes", "GET")]
    [InlineData("074", "/api/v1/namespaces/test-test/pods/virt-launcher-vm-node-1-4-7a372/eviction", "POST")]
    public async Task Who_may_not_is_told_so_as_recorded(string number, string path, string method)
    {
        await using var fixture = await FrontFixture.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Impersonate-User", Account);
        request.Headers.Add("Impersonate-Group", "system:serviceaccounts");

        var answer = await fixture.Admin.SendAsync(request).JsonAsync();

        answer.ToJsonString().Should().Be(Recorded.Answer(number).ToJsonString());
    }

    [Theory]
    [InlineData("071", false)]
    [InlineData("072", true)]
    public async Task Reviews_answer_as_recorded(string number, bool impersonate)
    {
        await using var fixture = await FrontFixture.StartAsync();
        var exchange = Recorded.Exchange(number);
        using var request = new HttpRequestMessage(HttpMethod.Post, (string)exchange["request"]!["path"]!);
        request.Content = FrontFixture.Json(exchange["request"]!["body"]!.ToJsonString());
        if (impersonate)
        {
            request.Headers.Add("Impersonate-User", Account);
            request.Headers.Add("Impersonate-Group", "system:serviceaccounts");
        }

        using var response = await fixture.Admin.SendAsync(request);

        ((int)response.StatusCode).Should().Be(201);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        var recorded = Recorded.Answer(number);
        answer["spec"]!.ToJsonString().Should().Be(recorded["spec"]!.ToJsonString());
        answer["status"]!.ToJsonString().Should().Be(recorded["status"]!.ToJsonString());
    }

    [Theory]
    [InlineData("GET", "/api/v1/nodes", true)]
    [InlineData("GET", "/api/v1/namespaces/vms/pods", true)]
    [InlineData("GET", "/api/v1/namespaces/other/pods", false)]
    [InlineData("GET", "/api/v1/pods", false)]
    [InlineData("POST", "/api/v1/namespaces/vms/pods/a/eviction", true)]
    [InlineData("DELETE", "/api/v1/namespaces/vms/pods/a", false)]
    [InlineData("DELETE", "/api/v1/namespaces/vms/pods/", false)]
    [InlineData("GET", "/apis/coordination.k8s.io/v1/namespaces/leases/leases/node-a", true)]
    [InlineData("GET", "/apis/coordination.k8s.io/v1/namespaces/leases/leases/node-b", false)]
    [InlineData("GET", "/apis/coordination.k8s.io/v1/namespaces/leases/leases?watch=1&fieldSelector=metadata.name%3Dnode-a", true)]
    [InlineData("GET", "/apis/coordination.k8s.io/v1/namespaces/leases/leases?watch=1", false)]
    [InlineData("GET", "/metrics", true)]
    [InlineData("GET", "/logs", false)]
    public async Task Roles_and_bindings_decide(string method, string path, bool allowed)
    {
        await using var fixture = await FrontFixture.StartAsync();
        AddRoles(fixture.Api);
        fixture.Rest.Answer = _ => new JsonAnswer(200, new JsonObject());
        var client = fixture.Client(fixture.Front.Access.IssueServiceAccountToken("vms", "drainer"));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await client.SendAsync(request);

        if (allowed)
        {
            response.StatusCode.Should().NotBe(HttpStatusCode.Forbidden);
        }
        else
        {
            response.StatusCode.Should().Be(HttpStatusCode.Forbidden);
            fixture.Rest.Calls.Should().BeEmpty();
        }
    }

    [Fact]
    public async Task Impersonation_needs_the_right()
    {
        await using var fixture = await FrontFixture.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/nodes");
        request.Headers.Add("Impersonate-User", "boss");

        var answer = await fixture.Client(fixture.Front.Access.IssueToken("jane")).SendAsync(request).JsonAsync();

        ((string)answer["message"]!).Should().Be(
            "users \"boss\" is forbidden: User \"jane\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope");
    }

    [Fact]
    public async Task A_review_names_the_binding_that_allows()
    {
        await using var fixture = await FrontFixture.StartAsync();
        AddRoles(fixture.Api);
        var client = fixture.Client(fixture.Front.Access.IssueServiceAccountToken("vms", "drainer"));

        using var response = await client.PostAsync(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            FrontFixture.Json("""{"spec":{"resourceAttributes":{"verb":"create","resource":"pods","subresource":"eviction","namespace":"vms"}}}"""));
        var status = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["status"]!;

        ((bool)status["allowed"]!).Should().BeTrue();
        ((string)status["reason"]!).Should().Be("RBAC: allowed by RoleBinding \"drainer/vms\" of Role \"drainer\" to ServiceAccount \"drainer/vms\"");
    }

    [Fact]
    public async Task The_rules_of_a_user_can_be_asked_for()
    {
        await using var fixture = await FrontFixture.StartAsync();
        AddRoles(fixture.Api);
        var client = fixture.Client(fixture.Front.Access.IssueServiceAccountToken("vms", "drainer"));

        using var response = await client.PostAsync(
            "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", FrontFixture.Json("""{"spec":{"namespace":"vms"}}"""));
        var text = await response.Content.ReadAsStringAsync();

        text.Should().Contain("\"resources\":[\"pods/eviction\"]").And.Contain("\"incomplete\":false");
    }

    [Fact]
    public async Task Rights_are_not_checked_when_everybody_may_do_everything()
    {
        await using var fixture = await FrontFixture.StartAsync();
        fixture.Front.Access.EverybodyMayDoEverything = true;

        using var response = await fixture.Client().GetAsync("/api/v1/nodes");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private static void AddRoles(ApiMachinery api)
    {
        api.Import(ResourceTypes.Namespaces, Parse("""{"metadata":{"name":"vms"}}"""));
        api.Import(ResourceTypes.Namespaces, Parse("""{"metadata":{"name":"leases"}}"""));
        const string subject = """
            "subjects":[{"kind":"ServiceAccount","name":"drainer","namespace":"vms"}]
            """;
        api.Import(ResourceTypes.ClusterRoles, Parse("""
            {"metadata":{"name":"nodes"},"rules":[
              {"verbs":["get","list","watch"],"apiGroups":[""],"resources":["nodes"]},
              {"verbs":["get"],"nonResourceURLs":["/metrics*"]}]}
            """));
        api.Import(ResourceTypes.ClusterRoleBindings, Parse(
            $$"""{"metadata":{"name":"nodes"},"roleRef":{"kind":"ClusterRole","name":"nodes"},{{subject}}}"""));
        api.Import(ResourceTypes.Roles, Parse("""
            {"metadata":{"name":"drainer","namespace":"vms"},"rules":[
              {"verbs":["list"],"apiGroups":[""],"resources":["pods"]},
              {"verbs":["create"],"apiGroups":[""],"resources":["pods/eviction"]}]}
            """));
        api.Import(ResourceTypes.RoleBindings, Parse(
            $$"""{"metadata":{"name":"drainer","namespace":"vms"},"roleRef":{"kind":"Role","name":"drainer"},{{subject}}}"""));
        api.Import(ResourceTypes.Roles, Parse("""
            {"metadata":{"name":"one-lease","namespace":"leases"},"rules":[
              {"verbs":["*"],"apiGroups":["coordination.k8s.io"],"resources":["leases"],"resourceNames":["node-a"]}]}
            """));
        api.Import(ResourceTypes.RoleBindings, Parse(
            $$"""{"metadata":{"name":"one-lease","namespace":"leases"},"roleRef":{"kind":"Role","name":"one-lease"},{{subject}}}"""));
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
