using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Mapping;

namespace VmNodeOps;

/// <summary>Machines that are to run elsewhere and fit on no other node, or on none that is large enough.</summary>
internal static class PlacementFindings
{
    private static readonly string[] Counted = ["memory", "cpu"];

    public static IEnumerable<Finding> Of(IReadOnlyList<MachineExpectation> machines, IReadOnlyList<Node> others, PreflightOptions options)
    {
        var moving = machines.Where(machine => machine.IsToRun && machine.Before.CurrentPod is not null).ToList();
        var fits = new List<(MachineExpectation Machine, List<Node> Nodes)>();
        foreach (var machine in moving)
        {
            var nodes = others.Where(node => Placement.WhyNot(Wanted(machine), node) is null).ToList();
            if (nodes.Count == 0)
            {
                yield return NoNode(machine, others, options);
            }
            else
            {
                fits.Add((machine, nodes));
                if (TooLarge(machine, nodes) is { } large)
                {
                    yield return large;
                }
            }
        }

        foreach (var finding in Counted.Select(resource => Together(fits, resource)).OfType<Finding>())
        {
            yield return finding;
        }
    }

    /// <summary>
    /// Its next pod. A pod that came by a migration to a named node still bears that node's label in its selector; of the selector only what the instance asks for counts, and what KubeVirt adds.
    /// </summary>
    private static Pod Wanted(MachineExpectation machine)
    {
        var pod = machine.Before.CurrentPod!;
        var selector = pod.NodeSelector.Where(pair => pair.Key.Contains("kubevirt.io/", StringComparison.Ordinal)).Concat(machine.Instance?.NodeSelector ?? new Dictionary<string, string>());
        return pod with { NodeSelector = selector.DistinctBy(pair => pair.Key).ToDictionary() };
    }

    /// <summary>One that migrates runs on where it is while no target is found; one that is shut down first would stay down.</summary>
    private static Finding NoNode(MachineExpectation machine, IReadOnlyList<Node> others, PreflightOptions options)
    {
        var staysUp = machine is { Treatment: VirtualMachineTreatment.Proceed, Fate: VirtualMachineFate.Migrates or VirtualMachineFate.External or VirtualMachineFate.Blocks };
        var reasons = others.GroupBy(node => Placement.WhyNot(Wanted(machine), node)!).OrderByDescending(group => group.Count())
            .Take(3).Select(group => $"{(group.Count() == 1 ? group.First().Name.Name : $"{group.Count()} nodes")}: {group.Key}");
        var why = others.Count == 0 ? "there is no other node" : string.Join("; ", reasons);
        return TreatmentPlan.Make(
            machine,
            staysUp || options.ProceedWithoutFittingNode ? FindingSeverity.Warning : FindingSeverity.Refusal,
            "NoFittingNode",
            $"It is to run on another node, and fits on none ({why}). {(staysUp ? "Its migration would wait for one." : "It would be shut down and stay down.")}",
            staysUp
                ? "Make a node fit: uncordon it, or label it as its node selector and affinity ask."
                : "Make a node fit: uncordon it, or label it as its node selector and affinity ask. To go on all the same, set Preflight.ProceedWithoutFittingNode (--proceed-without-fitting-node).");
    }

    private static Finding? TooLarge(MachineExpectation machine, List<Node> nodes)
    {
        var pod = machine.Before.CurrentPod!;
        var resource = Counted.FirstOrDefault(resource => Amount(pod.Requests, resource) is { } wanted && nodes.All(node => Amount(node.Allocatable, resource) < wanted));
        return resource is null ? null : TreatmentPlan.Make(
            machine,
            FindingSeverity.Warning,
            "TooLargeForAnyNode",
            $"It requests {pod.Requests[resource]} {resource}, more than any of the {nodes.Count} nodes has on which it may run.",
            "Make it smaller, or add a larger node.");
    }

    /// <summary>Against all that the nodes have, not what is free of it: pods of other nodes are not read.</summary>
    private static Finding? Together(List<(MachineExpectation Machine, List<Node> Nodes)> fits, string resource)
    {
        var wanted = fits.Sum(one => Amount(one.Machine.Before.CurrentPod!.Requests, resource) ?? 0);
        var there = fits.SelectMany(one => one.Nodes).DistinctBy(node => node.Uid).Sum(node => Amount(node.Allocatable, resource) ?? 0);
        return fits.Count == 0 || wanted <= there ? null : new Finding
        {
            Severity = FindingSeverity.Warning,
            Code = "NotEnoughCapacity",
            Message = $"The {fits.Count} machines that are to run elsewhere request {Quantity.Format(wanted)} {resource} together; all nodes that fit them have {Quantity.Format(there)}, whatever else runs there.",
            Lift = "Add a node, or shut some of them down first.",
        };
    }

    private static decimal? Amount(IReadOnlyDictionary<string, string> amounts, string resource) => Quantity.Parse(amounts.GetValueOrDefault(resource));
}
