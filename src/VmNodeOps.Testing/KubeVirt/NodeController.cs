using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>virt-controller's watch over virt-handler: a heartbeat older than five minutes makes a node unschedulable for machines.</summary>
/// <remarks>
/// Instances on it fail only if they have no pod object left there; a pod object keeps its instance "Running", however long.
/// </remarks>
internal sealed class NodeController(KubeVirtWorld world)
{
    private static readonly TimeSpan Unresponsive = TimeSpan.FromMinutes(5);

    public void Reconcile(string nodeName)
    {
        var node = world.Api.Get(ResourceTypes.Nodes, null, nodeName);
        if (node is not null && !IsUnresponsive(node))
        {
            return;
        }

        if (node is not null && node.Label(Names.Schedulable) != "false")
        {
            world.Update(world.Settings.ControllerUser, node, json => json.SetLabel(Names.Schedulable, "false"));
            world.RecordEvent(
                node,
                "Warning",
                "NodeUnresponsive",
                "virt-handler is not responsive, marking node as unresponsive",
                "node-controller");
        }

        foreach (var instance in world.Api.List(ResourceTypes.VirtualMachineInstances).Where(each => IsOrphan(each, nodeName)))
        {
            world.Update(world.Settings.ControllerUser, instance, json =>
            {
                InstancePhase.SetFinal(json, "Failed");
                json.Child("status")["reason"] = "NodeUnresponsive";
            });
            world.RecordEvent(
                instance,
                "Warning",
                "NodeUnresponsive",
                $"virt-handler on node {nodeName} is not responsive, marking VMI as failed",
                "node-controller");
        }
    }

    private bool IsUnresponsive(StoredObject node) =>
        node.Json.At("metadata.annotations") is System.Text.Json.Nodes.JsonObject annotations
        && annotations[Names.Heartbeat] is not null
        && DateTimeOffset.TryParse((string?)annotations[Names.Heartbeat], System.Globalization.CultureInfo.InvariantCulture, out var beat)
        && world.Time.GetUtcNow() - beat > Unresponsive;

    private bool IsOrphan(StoredObject instance, string nodeName) =>
        instance.Label(Names.NodeName) == nodeName
        && InstancePhase.Of(instance) is "Running" or "Scheduled"
        && instance.Label(Names.NodeName) == nodeName
        && !world.LauncherPods(instance).Any(pod => pod.NodeName == nodeName && !InstancePhase.IsFinal(pod));
}
