using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>Up to 1.5: a disruption budget for each instance that must not be evicted, of one pod, and of two while it migrates.</summary>
internal sealed class InstanceBudgetController(KubeVirtWorld world)
{
    private IClusterApi Api => world.Api.As(world.Settings.ControllerUser);

    public void Reconcile(string key)
    {
        var (ns, name) = Names.Split(key);
        if (!world.Profile.HasInstanceBudgets
            || world.Api.Get(ResourceTypes.VirtualMachineInstances, ns, name) is not { } instance)
        {
            return;
        }

        var budget = world.Api.List(ResourceTypes.PodDisruptionBudgets, ns).FirstOrDefault(each => each.OwnerUid() == instance.Uid);
        if (!NeedsBudget(instance))
        {
            if (budget is { IsDeleting: false })
            {
                Api.Delete(ResourceTypes.PodDisruptionBudgets, ns, budget.Name);
            }

            return;
        }

        var available = Migrations.Unfinished(world, instance) is { } migration && Migrations.TargetPod(world, migration) is not null ? 2 : 1;
        if (budget is null)
        {
            Api.Create(ResourceTypes.PodDisruptionBudgets, Create(instance, available));
        }
        else
        {
            world.Update(world.Settings.ControllerUser, budget, json => json.Child("spec")["minAvailable"] = available);
        }
    }

    private static bool NeedsBudget(StoredObject instance) => !instance.IsDeleting && !InstancePhase.IsFinal(instance)
        && instance.Json.Text("spec.evictionStrategy") switch
        {
            "LiveMigrate" or "External" => true,
            "LiveMigrateIfPossible" => Conditions.IsTrue(instance.Json, "LiveMigratable"),
            _ => false,
        };

    private static JsonObject Create(StoredObject instance, int available) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["generateName"] = "kubevirt-disruption-budget-",
            ["namespace"] = instance.Namespace,
            ["ownerReferences"] = new JsonArray(instance.OwnerReference()),
        },
        ["spec"] = new JsonObject
        {
            ["minAvailable"] = available,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { [Names.CreatedBy] = instance.Uid } },
        },
    };
}
