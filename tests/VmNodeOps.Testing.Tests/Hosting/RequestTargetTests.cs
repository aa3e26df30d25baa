using VmNodeOps.Testing.Hosting;

namespace VmNodeOps.Testing.Tests.Hosting;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("GET", "/api/v1/nodes", "list", "", null, "nodes", null, null)]
    [InlineData("GET", "/api/v1/nodes?watch=1", "watch", "", null, "nodes", null, null)]
    [InlineData("GET", "/api/v1/nodes?watch=", "watch", "", null, "nodes", null, null)]
    [InlineData("GET", "/api/v1/nodes?watch=false", "list", "", null, "nodes", null, null)]
    [InlineData("GET", "/api/v1/nodes/1.1.1.211", "get", "", null, "nodes", "1.1.1.211", null)]
    [InlineData("DELETE", "/api/v1/namespaces/a/pods/", "deletecollection", "", "a", "pods", null, null)]
    [InlineData("DELETE", "/api/v1/nodes/", "deletecollection", "", null, "nodes", null, null)]
    [InlineData("DELETE", "/api/v1/nodes/.", "delete", "", null, "nodes", ".", null)]
    [InlineData("GET", "/api/v1/nodes/../namespaces/default", "get", "", null, "nodes", "..", "namespaces/default")]
    [InlineData("GET", "/api/v1/nodes/a%2Fstatus", "get", "", null, "nodes", "a", "status")]
    [InlineData("POST", "/api/v1/namespaces/a/pods//eviction", "create", "", "a", "pods", "", "eviction")]
    [InlineData("POST", "/api/v1/namespaces/a/pods/b/eviction", "create", "", "a", "pods", "b", "eviction")]
    [InlineData("GET", "/api/v1/namespaces/a", "get", "", "a", "namespaces", "a", null)]
    [InlineData("PUT", "/api/v1/namespaces/a/finalize", "update", "", "a", "namespaces", "a", "finalize")]
    [InlineData("PATCH", "/apis/kubevirt.io/v1/namespaces/a/virtualmachines/b", "patch", "kubevirt.io", "a", "virtualmachines", "b", null)]
    [InlineData("PUT", "/apis/subresources.kubevirt.io/v1/namespaces/a/virtualmachineinstances/b/evacuate/cancel", "update", "subresources.kubevirt.io", "a", "virtualmachineinstances", "b", "evacuate/cancel")]
    public void A_path_is_read_as_a_server_reads_it(
        string method, string path, string verb, string group, string? ns, string resource, string? name, string? subresource)
    {
        var target = RequestTarget.Parse(method, path)!;

        target.IsResource.Should().BeTrue();
        (target.Verb, target.Group, target.Namespace, target.Resource, target.Name, target.Subresource)
            .Should().Be((verb, group, ns, resource, name, subresource));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/version")]
    [InlineData("/api/v1")]
    [InlineData("/apis/apps/v1/")]
    public void What_names_no_resource_is_none(string path) => RequestTarget.Parse("GET", path)!.IsResource.Should().BeFalse();

    [Fact]
    public void An_escape_that_is_none_makes_no_path() => RequestTarget.Parse("GET", "/api/v1/nodes/%zz").Should().BeNull();
}
