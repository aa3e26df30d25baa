using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;

namespace VmNodeOps.Kubernetes.Nouns;

/// <summary>Calls that virt-api serves beside the objects (<c>subresources.kubevirt.io</c>).</summary>
internal static class Subresources
{
    public static ApiRequest Put(ResourceKind kind, ObjectName name, string subresource, JsonObject body, WriteOptions? options, string what)
    {
        // virt-api takes the dry run in the body, not in the query.
        if (options is { DryRun: true })
        {
            body["dryRun"] = new JsonArray("All");
        }

        return new ApiRequest
        {
            Method = HttpMethod.Put,
            Target = ResourcePath.Of(kind with { Group = "subresources.kubevirt.io" }, name, subresource),
            What = what,
            Body = Writes.Bytes(body),
            IsOfKubeVirt = true,
        };
    }
}
