using System.Runtime.InteropServices;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Mapping;

namespace VmNodeOps;

/// <summary>Machines that are to run elsewhere and fit on no other node, or on none that is large enough. Told one node after the other, and soon settled where there is nothing to find.</summary>
internal sealed class PlacementFindings
{
    private static readonly string[] Counted = ["memory", "cpu"];

    private readonly List<(MachineExpectation Machine, Alike Alike)> _moving = [];
    private readonly List<Alike> _alike = [];

    /// <summary>What the nodes have together on which one of the machines fits, by what is counted.</summary>
    private readonly decimal[] _there = new decimal[Counted.Length];

    public PlacementFindings(IReadOnlyList<MachineExpectation> machines)
    {
        var byNeeds = new Dictionary<string, Alike>(StringComparer.Ordinal);
        foreach (var machine in machines.Where(machine => machine.IsToRun && machine.Before.CurrentPod is not null))
        {
            var pod = Wanted(machine);
            var needs = Placement.NeedsOf(pod);
            if (!byNeeds.TryGetValue(needs, out var alike))
            {
                byNeeds[needs] = alike = new Alike(pod);
                _alike.Add(alike);
            }

            alike.Join(Amounts(pod.Requests));
            _moving.Add((machine, alike));
        }
    }

    /// <summary>Whether no machine is to run elsewhere.</summary>
    public bool AreNone => _moving.Count == 0;

    /// <summary>Whether more nodes could change nothing: each machine has a node that is large enough, and there are enough of them for all.</summary>
    public bool AreSettled => _alike.TrueForAll(static alike => alike.IsSettled) && Counted.Index().All(counted => Wanted(counted.Index) <= _there[counted.Index]);

    /// <summary>Takes another node into account.</summary>
    public void Add(Node node)
    {
        var amounts = Amounts(node.Allocatable);
        var closed = Placement.WhyClosed(node);
        var fits = false;
        foreach (var alike in _alike)
        {
            fits |= alike.TryAdd(node, closed, amounts);
        }

        for (var counted = 0; fits && counted < Counted.Length; counted++)
        {
            _there[counted] += amounts[counted] ?? 0;
        }
    }

    /// <summary>What is missing among the nodes that were added.</summary>
    public IEnumerable<Finding> Make(PreflightOptions options)
    {
        foreach (var (machine, alike) in _moving)
        {
            if (alike.Nodes == 0)
            {
                yield return NoNode(machine, alike.WhyNone, options);
            }
            else if (TooLarge(machine, alike) is { } large)
            {
                yield return large;
            }
        }

        foreach (var finding in Counted.Select((_, counted) => Together(counted)).OfType<Finding>())
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
    private static Finding NoNode(MachineExpectation machine, string why, PreflightOptions options)
    {
        var staysUp = machine is { Treatment: VirtualMachineTreatment.Proceed, Fate: VirtualMachineFate.Migrates or VirtualMachineFate.External or VirtualMachineFate.Blocks };
        return TreatmentPlan.Make(
            machine,
            staysUp || options.ProceedWithoutFittingNode ? FindingSeverity.Warning : FindingSeverity.Refusal,
            "NoFittingNode",
            $"It is to run on another node, and fits on none ({why}). {(staysUp ? "Its migration would wait for one." : "It would be shut down and stay down.")}",
            staysUp
                ? "Make a node fit: uncordon it, or label it as its node selector and affinity ask."
                : "Make a node fit: uncordon it, or label it as its node selector and affinity ask. To go on all the same, set Preflight.ProceedWithoutFittingNode (--proceed-without-fitting-node).");
    }

    private static Finding? TooLarge(MachineExpectation machine, Alike alike)
    {
        var requests = machine.Before.CurrentPod!.Requests;
        var resource = Counted.Where((_, counted) => Amounts(requests)[counted] > alike.Largest[counted]).FirstOrDefault();
        return resource is null ? null : TreatmentPlan.Make(
            machine,
            FindingSeverity.Warning,
            "TooLargeForAnyNode",
            $"It requests {requests[resource]} {resource}, more than any of the {alike.Nodes} nodes has on which it may run.",
            "Make it smaller, or add a larger node.");
    }

    /// <summary>Against all that the nodes have, not what is free of it: pods of other nodes are not read.</summary>
    private Finding? Together(int counted)
    {
        var wanted = Wanted(counted);
        return wanted <= _there[counted] ? null : new Finding
        {
            Severity = FindingSeverity.Warning,
            Code = "NotEnoughCapacity",
            Message = $"The {_alike.Where(static alike => alike.Nodes > 0).Sum(static alike => alike.Machines)} machines that are to run elsewhere request {Quantity.Format(wanted)} {Counted[counted]} together; all nodes that fit them have {Quantity.Format(_there[counted])}, whatever else runs there.",
            Lift = "Add a node, or shut some of them down first.",
        };
    }

    /// <summary>What the machines request together that fit on a node at all.</summary>
    private decimal Wanted(int counted) => _alike.Where(static alike => alike.Nodes > 0).Sum(alike => alike.Wanted[counted]);

    private static decimal?[] Amounts(IReadOnlyDictionary<string, string> amounts) => [.. Counted.Select(resource => Quantity.Parse(amounts.GetValueOrDefault(resource)))];

    /// <summary>Machines that fit the same nodes. Hundreds of machines are a few of these.</summary>
    /// <param name="pod">The next pod of one of them.</param>
    private sealed class Alike(Pod pod)
    {
        private readonly decimal[] _largestWanted = new decimal[Counted.Length];
        private readonly Dictionary<Obstacle, (int Count, ObjectName First)> _obstacles = [];

        public int Machines { get; private set; }

        /// <summary>On how many nodes they fit, of those that were added.</summary>
        public int Nodes { get; private set; }

        /// <summary>What they request together, by what is counted.</summary>
        public decimal[] Wanted { get; } = new decimal[Counted.Length];

        /// <summary>The most that one of these nodes has; one that does not tell is never too small.</summary>
        public decimal[] Largest { get; } = new decimal[Counted.Length];

        public bool IsSettled => Nodes > 0 && _largestWanted.Zip(Largest).All(static one => one.First <= one.Second);

        /// <summary>Why they fit on none: the most frequent obstacles.</summary>
        public string WhyNone => _obstacles.Count == 0 ? "there is no other node" : string.Join("; ", _obstacles
            .OrderByDescending(static met => met.Value.Count).ThenBy(static met => met.Value.First)
            .Take(3).Select(static met => $"{(met.Value.Count == 1 ? met.Value.First.Name : $"{met.Value.Count} nodes")}: {met.Key}"));

        public void Join(decimal?[] requests)
        {
            Machines++;
            for (var counted = 0; counted < Counted.Length; counted++)
            {
                Wanted[counted] += requests[counted] ?? 0;
                _largestWanted[counted] = Math.Max(_largestWanted[counted], requests[counted] ?? 0);
            }
        }

        public bool TryAdd(Node node, Obstacle? closed, decimal?[] amounts)
        {
            if ((closed ?? Placement.WhyNot(pod, node)) is { } obstacle)
            {
                ref var met = ref CollectionsMarshal.GetValueRefOrAddDefault(_obstacles, obstacle, out var isKnown);
                met = (met.Count + 1, isKnown && met.First < node.Name ? met.First : node.Name);
                return false;
            }

            Nodes++;
            for (var counted = 0; counted < Counted.Length; counted++)
            {
                Largest[counted] = Math.Max(Largest[counted], amounts[counted] ?? decimal.MaxValue);
            }

            return true;
        }
    }
}
