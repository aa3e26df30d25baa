using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Which machines of the node a drain moves, told by it to the steps that look after them: a pod selector may leave some, or all, where they are.</summary>
internal sealed record DrainScope(IReadOnlySet<ObjectName> Machines)
{
    /// <summary>Whether a machine is to leave; all are where no drain has said otherwise. What has left in an earlier run of the same maintenance is still looked after.</summary>
    public static bool Includes(Handover handover, NodeMachine machine) =>
        handover.Find<DrainScope>() is not { } scope || machine.Pods.Count == 0 || scope.Machines.Contains(machine.Name);
}
