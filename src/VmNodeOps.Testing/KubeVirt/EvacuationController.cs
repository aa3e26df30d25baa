using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>Makes migrations for the instances that must leave a node: those marked by an eviction, and all of a node with the drain taint.</summary>
/// <remarks>
/// An instance with more than one pod that has not ended is left alone: a target pod on a dead node therefore stops the evacuation of a healthy
/// source until that pod object goes.
/// </remarks>
internal sealed class EvacuationController(KubeVirtWorld world, Action<string, TimeSpan> requeue)
{
    private static readonly TimeSpan SpotCheck = TimeSpan.FromSeconds(5);

    private IClusterApi Api => world.Api.As(world.Settings.ControllerUser);

    public void Reconcile(string nodeName)
    {
        var isDrained = IsDrained(nodeName);
        var candidates = world.Api.ListOnNode(ResourceTypes.VirtualMachineInstances, nodeName)
            .Where(instance => !instance.IsDeleting && !InstancePhase.IsFinal(instance) && (isDrained || IsMarked(instance)) && MayMigrate(instance))
            .ToArray();
        if (candidates.Length == 0)
        {
            return;
        }

        var spots = world.Profile.QueuesByPriority ? candidates.Length : FreeSpots(nodeName);
        if (spots < candidates.Length)
        {
            requeue(nodeName, SpotCheck);
        }

        foreach (var instance in candidates.Take(Math.Max(0, spots)))
        {
            Migrate(instance, nodeName);
        }
    }

    private bool IsDrained(string nodeName) =>
        world.Api.Get(ResourceTypes.Nodes, null, nodeName)?.Json.At("spec.taints") is JsonArray taints
        && taints.Any(taint => taint.Text("key") == world.DrainTaintKey && taint.Text("effect") == "NoSchedule");

    private static bool IsMarked(StoredObject instance) =>
        instance.Json.Text("status.evacuationNodeName") is { Length: > 0 } marked && marked == instance.NodeName;

    private bool MayMigrate(StoredObject instance) =>
        !Migrations.IsMigrating(instance)
        && (instance.Json.Text("spec.evictionStrategy") ?? world.DefaultEvictionStrategy) is "LiveMigrate" or "LiveMigrateIfPossible"
        && Conditions.IsTrue(instance.Json, "LiveMigratable")
        && Migrations.Unfinished(world, instance) is null
        && world.LauncherPods(instance).Count(pod => !InstancePhase.IsFinal(pod)) <= 1;

    private int FreeSpots(string nodeName)
    {
        var unfinished = world.Api.List(ResourceTypes.VirtualMachineInstanceMigrations).Where(each => !InstancePhase.IsFinal(each)).ToArray();
        var outbound = unfinished.Count(each => Migrations.SourceNode(world, each) == nodeName);
        return Math.Min(world.ParallelMigrationsPerCluster - unfinished.Length, world.ParallelOutboundMigrationsPerNode - outbound);
    }

    private void Migrate(StoredObject instance, string nodeName)
    {
        var byDescheduler = instance.Annotation("kubevirt.io/eviction-source") == "descheduler";
        var spec = new JsonObject { ["vmiName"] = instance.Name };
        if (world.Profile.CanCancelEvacuation)
        {
            spec["priority"] = byDescheduler ? "system-maintenance" : "system-critical";
        }

        try
        {
            var migration = Api.Create(ResourceTypes.VirtualMachineInstanceMigrations, new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["generateName"] = "kubevirt-evacuation-",
                    ["namespace"] = instance.Namespace,
                    ["annotations"] = new JsonObject { [Names.EvacuationMigration] = nodeName },
                },
                ["spec"] = spec,
            });
            world.RecordEvent(instance, "Normal", "SuccessfulCreate", $"Created Migration {migration.Name}", "disruptionbudget-controller");
        }
        catch (ApiErrorException refusal)
        {
            world.RecordEvent(
                instance, "Warning", "FailedCreate", $"Error creating a Migration: {refusal.Message}", "disruptionbudget-controller");
            throw;
        }
    }
}
