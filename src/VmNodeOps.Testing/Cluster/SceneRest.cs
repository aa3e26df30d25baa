using VmNodeOps.Testing.Api;
using VmNodeOps.Testing.KubeVirt;

namespace VmNodeOps.Testing;

/// <summary>Tells whether a cluster that was just made is at rest.</summary>
internal sealed class SceneRest(IClusterApi api, SimulatedClusterBuilder builder)
{
    /// <summary>What is not as it should be, for a message.</summary>
    public string Describe()
    {
        var pods = api.List(ResourceTypes.Pods).Where(pod => !pod.IsReady)
            .Select(pod => $"{pod.Namespace}/{pod.Name} {pod.Json.Text("status.phase")} on {pod.Json.Text("spec.nodeName")}: "
                + Conditions.Find(pod.Json, "PodScheduled").Text("message"));
        var instances = api.List(ResourceTypes.VirtualMachineInstances).Where(each => InstancePhase.Of(each) != "Running")
            .Select(each => $"{each.Namespace}/{each.Name} {InstancePhase.Of(each)}");
        var failures = api.Time.Failures.Select(failure => failure.ToString());
        return $"Pods not ready: {string.Join(", ", pods.Take(10))}. Instances: {string.Join(", ", instances.Take(10))}. {string.Join('\n', failures)}";
    }

    /// <summary>Whether machines can be created: the components run, and some node takes machines.</summary>
    public bool IsKubeVirtReady() =>
        api.List(ResourceTypes.Pods, builder.KubeVirtNamespace) is { Count: > 0 } pods
        && pods.All(pod => pod.IsReady)
        && pods.Any(pod => pod.Label(Names.Component) == "virt-api")
        && api.List(ResourceTypes.Nodes).Any(node => node.Label(Names.Schedulable) == "true");

    /// <summary>Whether everything that was described is there and nothing moves.</summary>
    public bool IsReached() =>
        builder.VirtualMachines.All(IsAtRest)
        && api.List(ResourceTypes.Pods).All(pod => InstancePhase.IsFinal(pod) || IsPodAtRest(pod))
        && api.List(ResourceTypes.PodDisruptionBudgets).All(budget =>
            budget.Json.Number("status.observedGeneration") == budget.Json.Number("metadata.generation"));

    private static bool IsPodAtRest(StoredObject pod) =>
        pod.IsReady || Conditions.Find(pod.Json, Names.Unpaused).Text("status") == "False";

    private bool IsAtRest(SimulatedVirtualMachine machine)
    {
        if (machine.Owner == SimulatedOwner.ReplicaSet)
        {
            return api.Get(ResourceTypes.VirtualMachineInstanceReplicaSets, machine.Namespace, machine.Name)
                ?.Json.Number("status.readyReplicas") == machine.Replicas;
        }

        var instance = api.Get(ResourceTypes.VirtualMachineInstances, machine.Namespace, machine.Name);
        if (machine.Behavior.FailsToStart)
        {
            return true;
        }

        if (machine.Owner != SimulatedOwner.None
            && api.Get(ResourceTypes.VirtualMachines, machine.Namespace, machine.Name)?.Json.Text("status.printableStatus")
                != (!machine.ShouldRun ? "Stopped" : machine.IsPaused ? "Paused" : "Running"))
        {
            return false;
        }

        return machine.ShouldRun
            ? instance is not null && InstancePhase.Of(instance) == "Running"
                && (machine.IsPaused ? Conditions.IsTrue(instance.Json, "Paused") : instance.IsReady)
            : instance is null;
    }
}
