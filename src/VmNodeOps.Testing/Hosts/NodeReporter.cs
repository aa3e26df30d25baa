using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.Controllers;

namespace VmNodeOps.Testing.Hosts;

/// <summary>What a kubelet writes about its machine: the Node when it starts, the lease with every beat, the status when it is due or disputed.</summary>
internal sealed class NodeReporter(Kubelet kubelet)
{
    private readonly EventRecorder _events = new(kubelet.Api, "kubelet", kubelet.Options.Events, kubelet.Host.NodeName);
    private DateTimeOffset _lastStatus;

    private string Name => kubelet.Host.NodeName;

    private IClusterApi Api => kubelet.Api;

    /// <summary>A kubelet registers once, when it starts: a Node deleted under it stays deleted until the next start.</summary>
    public void Register()
    {
        var known = Api.Get(ResourceTypes.Nodes, null, Name);
        var before = known?.Json["status"].Child("nodeInfo").Text("bootID");
        var node = known is null
            ? Api.Create(ResourceTypes.Nodes, NodeStatus.NewNode(kubelet))
            : Api.Modify(ResourceTypes.Nodes, null, Name, json => NodeStatus.Register(json, kubelet)) ?? known;
        _lastStatus = kubelet.Time.GetUtcNow();
        if (before is not null && before != kubelet.Host.BootId)
        {
            _events.Normal(node, "Starting", "Starting kubelet.");
            _events.Warning(node, "Rebooted", $"Node {Name} has been rebooted, boot id: {kubelet.Host.BootId}");
            _events.Normal(node, "NodeReady", $"Node {Name} status is now: NodeReady");
        }
    }

    /// <summary>Renews the lease; writes the status when it is due, or when the node says something else than the kubelet does.</summary>
    public void Beat()
    {
        RenewLease();
        var node = Api.Get(ResourceTypes.Nodes, null, Name);
        var due = kubelet.Time.GetUtcNow() - _lastStatus >= kubelet.Options.NodeStatusReportFrequency;
        if (node is not null && (due || Conditions.StatusOf(node.Json["status"], "Ready") != (kubelet.IsShuttingDown ? "False" : "True")))
        {
            WriteStatus();
        }
    }

    public void WriteStatus()
    {
        Api.Modify(ResourceTypes.Nodes, null, Name, json => NodeStatus.Write(json, kubelet, heartbeat: true));
        _lastStatus = kubelet.Time.GetUtcNow();
    }

    public void WriteVolumesInUse(IEnumerable<AttachableVolume> volumes)
    {
        var names = volumes.Select(volume => volume.UniqueName).Distinct().Order(StringComparer.Ordinal).Select(name => (JsonNode?)name).ToArray();
        Api.Modify(ResourceTypes.Nodes, null, Name, json =>
            json.Section("status").Put("volumesInUse", names.Length == 0 ? null : new JsonArray(names)));
    }

    private void RenewLease()
    {
        var stamp = Timestamps.Microseconds(kubelet.Time.GetUtcNow());
        var renewed = Api.Modify(ResourceTypes.Leases, "kube-node-lease", Name, json => json.Section("spec")["renewTime"] = stamp);
        if (renewed is not null || Api.Get(ResourceTypes.Nodes, null, Name) is not { } node)
        {
            return;
        }

        // The lease goes with its node: without one the kubelet makes none.
        Api.Create(ResourceTypes.Leases, new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = Name,
                ["namespace"] = "kube-node-lease",
                ["ownerReferences"] = new JsonArray(
                    new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Node", ["name"] = node.Name, ["uid"] = node.Uid }),
            },
            ["spec"] = new JsonObject { ["holderIdentity"] = Name, ["leaseDurationSeconds"] = 40, ["renewTime"] = stamp },
        });
    }
}
