using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using VmNodeOps.Cluster;
using VmNodeOps.Tool.CommandLine;
using VmNodeOps.Tool.Rendering;
using VmNodeOps.Tool.Terminal;

namespace VmNodeOps.Tool.Commands;

/// <summary><c>vmnodeops nodes</c>: the nodes, and how many virtual machines are on each.</summary>
internal sealed class NodesCommand : Command
{
    private readonly ToolServices _services;

    public NodesCommand(ToolServices services)
        : base("nodes", "Lists the nodes, and how many virtual machines are on each.")
    {
        _services = services;
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var nodes = await _services.ReadAsync(parsed, ReadAsync, cancellationToken);
        if (_services.WantsJson(parsed))
        {
            _services.Console.WriteDocument(() => "", () => JsonSerializer.Serialize(new NodeListDocument { Nodes = nodes }, ToolJson.Default.NodeListDocument), _services.FormOf(parsed));
            return (int)ExitCode.Done;
        }

        var table = new TextTable("NAME", "STATUS", "ROLE", "VMS", "KUBELET");
        foreach (var node in nodes)
        {
            var status = node.Unschedulable ? $"{node.Status},cordoned" : node.Status;
            table.Add(
                node.Name, status, node.ControlPlane ? "control-plane" : "worker", node.VirtualMachines?.ToString(CultureInfo.InvariantCulture) ?? "-", node.Kubelet);
        }

        table.WriteTo(_services.Console.Out);
        return (int)ExitCode.Done;
    }

    private static async Task<IReadOnlyList<NodeDocument>> ReadAsync(IClusterClient cluster, CancellationToken cancellationToken)
    {
        var nodes = await cluster.Nodes.ListAsync(Selection.All, cancellationToken);
        var instances = await ListInstancesAsync(cluster, cancellationToken);
        return [.. nodes.Items.Select(node => new NodeDocument
        {
            Name = node.Name.Name,
            Uid = node.Uid,
            Status = node.Ready switch
            {
                ConditionStatus.True => "Ready",
                ConditionStatus.False => "NotReady",
                _ => "Unknown",
            },
            Unschedulable = node.Unschedulable,
            ControlPlane = node.IsControlPlane,
            Kubelet = node.KubeletVersion,
            VirtualMachines = instances?.Count(instance => instance.NodeName == node.Name.Name && !instance.IsFinal),
        })];
    }

    /// <summary>Null where the cluster has no KubeVirt: its nodes are listed all the same.</summary>
    private static async Task<IReadOnlyList<VirtualMachineInstance>?> ListInstancesAsync(IClusterClient cluster, CancellationToken cancellationToken)
    {
        try
        {
            return (await cluster.VirtualMachineInstances.ListAsync(Selection.All, cancellationToken)).Items;
        }
        catch (ClusterException exception) when (exception.Cause is ClusterErrorCause.NotFound or ClusterErrorCause.NotKubernetes)
        {
            return null;
        }
    }
}
