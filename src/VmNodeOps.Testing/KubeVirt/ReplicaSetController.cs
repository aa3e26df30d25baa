using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>Keeps as many instances as a VirtualMachineInstanceReplicaSet asks for; one that ended is replaced under a new name.</summary>
internal sealed class ReplicaSetController(KubeVirtWorld world)
{
    private IClusterApi Api => world.Api.As(world.Settings.ControllerUser);

    public void Reconcile(string key)
    {
        var (ns, name) = Names.Split(key);
        if (world.Api.Get(ResourceTypes.VirtualMachineInstanceReplicaSets, ns, name) is not { IsDeleting: false } set)
        {
            return;
        }

        var owned = world.Api.List(ResourceTypes.VirtualMachineInstances, ns).Where(each => each.OwnerUid() == set.Uid).ToArray();
        foreach (var ended in owned.Where(each => InstancePhase.IsFinal(each) && !each.IsDeleting))
        {
            Delete(ended);
        }

        var alive = owned.Where(each => !InstancePhase.IsFinal(each) && !each.IsDeleting).ToArray();
        var wanted = (int)(set.Json.Number("spec.replicas") ?? 1);
        for (var missing = alive.Length; missing < wanted; missing++)
        {
            Api.Create(ResourceTypes.VirtualMachineInstances, InstanceTemplate.OfReplicaSet(set));
        }

        foreach (var surplus in alive.Skip(wanted))
        {
            Delete(surplus);
        }

        var ready = alive.Count(each => each.IsReady);
        world.Update(world.Settings.ControllerUser, set, json =>
        {
            json.Child("status")["replicas"] = alive.Length;
            json.Child("status")["readyReplicas"] = ready;
            json.Child("status")["labelSelector"] = Selector(json);
        });
    }

    private void Delete(StoredObject instance) => Api.Delete(
        ResourceTypes.VirtualMachineInstances, instance.Namespace, instance.Name, new DeleteRequest { Uid = instance.Uid });

    private static string Selector(JsonObject json) => string.Join(
        ',', (json.At("spec.selector.matchLabels") as JsonObject ?? []).Select(label => $"{label.Key}={(string?)label.Value}"));
}
