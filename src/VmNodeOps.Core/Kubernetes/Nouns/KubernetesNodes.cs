using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Nouns;

/// <summary>Nodes over HTTPS.</summary>
internal sealed class KubernetesNodes(ApiGateway gateway) : KubernetesReader<NodeDto, Node>(gateway, Resources.Nodes), INodes
{
    public Task<Node> ChangeAsync(ObjectIdentity node, NodeChange change, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change is { Taints: not null, ResourceVersion: null })
        {
            throw new ArgumentException(
                $"New {nameof(NodeChange.Taints)} replace the whole list: give the {nameof(NodeChange.ResourceVersion)} that the old ones were read at.", nameof(change));
        }

        return WriteAsync(Writes.Patch(Kind, node, Patch(change), options, $"change node {node.Name}"), cancellationToken);
    }

    private static JsonObject Patch(NodeChange change)
    {
        var metadata = new JsonObject();
        var spec = new JsonObject();
        if (change.ResourceVersion is { } version)
        {
            metadata["resourceVersion"] = version;
        }

        if (change.Labels.Count > 0)
        {
            metadata["labels"] = Writes.Map(change.Labels);
        }

        if (change.Annotations.Count > 0)
        {
            metadata["annotations"] = Writes.Map(change.Annotations);
        }

        if (change.Unschedulable is { } unschedulable)
        {
            // An uncordoned node has no such member at all.
            spec["unschedulable"] = unschedulable ? true : null;
        }

        if (change.Taints is { } taints)
        {
            spec["taints"] = taints.Count == 0 ? null : new JsonArray([.. taints.Select(Taint)]);
        }

        return new JsonObject { ["metadata"] = metadata, ["spec"] = spec };
    }

    private static JsonObject Taint(Taint taint)
    {
        var written = new JsonObject { ["key"] = taint.Key, ["effect"] = taint.Effect };
        if (taint.Value.Length > 0)
        {
            written["value"] = taint.Value;
        }

        if (taint.AddedAt is { } added)
        {
            written["timeAdded"] = Writes.Time(added);
        }

        return written;
    }
}
