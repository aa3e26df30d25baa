namespace VmNodeOps.Tests.Kubernetes;

/// <summary>Remediations of operators that a cluster has, and does not have.</summary>
public sealed class RemediationTests
{
    [Fact]
    public async Task Kinds_that_are_served_are_listed_and_the_node_is_taken_from_where_it_stands()
    {
        await using var server = await TestServer.StartAsync((context, _) => TestServer.JsonAsync(context, 200, context.Request.Path.Value switch
        {
            "/apis" => Groups("self-node-remediation.medik8s.io", "nodemaintenance.medik8s.io"),
            "/apis/self-node-remediation.medik8s.io/v1beta7/selfnoderemediations" => List(
                """{"metadata":{"name":"worker-1","namespace":"medik8s","uid":"u1"}}""",
                """{"metadata":{"name":"worker-2-x7k2p","namespace":"medik8s","uid":"u2","annotations":{"remediation.medik8s.io/node-name":"worker-2"}}}"""),
            "/apis/nodemaintenance.medik8s.io/v1beta7/nodemaintenances" => List("""{"metadata":{"name":"patching","uid":"u3"},"spec":{"nodeName":"worker-3"}}"""),
            _ => "{}",
        }));
        using var client = server.Connect();

        var listing = await client.Remediations.ListAsync();

        listing.Items.Select(one => $"{one.Kind} {one.Name} {one.NodeName}").Should().Equal(
            "SelfNodeRemediation medik8s/worker-1 worker-1", "SelfNodeRemediation medik8s/worker-2-x7k2p worker-2", "NodeMaintenance patching worker-3");
        listing.Rights.Select(right => right.Resource).Should().Equal("selfnoderemediations", "nodemaintenances");
    }

    [Fact]
    public async Task Where_none_is_served_one_request_tells_so()
    {
        await using var server = await TestServer.StartAsync(200, Groups("apps", "kubevirt.io"));
        using var client = server.Connect();

        var listing = await client.Remediations.ListAsync();

        listing.Items.Should().BeEmpty();
        listing.Rights.Should().BeEmpty();
        server.Requests.Should().Equal("GET /apis");
    }

    private static string Groups(params string[] names) =>
        $$"""{"kind":"APIGroupList","apiVersion":"v1","groups":[{{string.Join(",", names.Select(name => $$$"""{"name":"{{{name}}}","preferredVersion":{"groupVersion":"{{{name}}}/v1beta7","version":"v1beta7"}}"""))}}]}""";

    private static string List(params string[] items) => $$"""{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"9"},"items":[{{string.Join(",", items)}}]}""";
}
