using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;

namespace VmNodeOps.Kubernetes.Nouns;

/// <summary>Namespaces over HTTPS.</summary>
internal sealed class KubernetesNamespaces(ApiGateway gateway) : INamespaces
{
    public Task CreateAsync(string name, CancellationToken cancellationToken = default)
    {
        // Through the constructor that checks: a namespace is a label, not just a name.
        var checkedName = new ObjectName(name, "any").Namespace;
        var body = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = checkedName } };
        return gateway.SendAsync(Writes.Create(Resources.Namespaces, null, body, options: null, $"create namespace {checkedName}"), cancellationToken);
    }
}
