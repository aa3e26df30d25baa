using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The other nodes, as they are once this batch has cordoned its own: all of them, or as many as it takes to know that there is nothing to find.</summary>
internal sealed record OtherNodes
{
    /// <summary>Nodes are large, and in most clusters a few are enough.</summary>
    private const int FirstPageSize = 50;

    private static readonly Selection[] All = [Selection.All];

    /// <summary>First those on which machines run at all, however many others there are. Together all.</summary>
    private static readonly Selection[] AllByVirt = [new() { Labels = $"{Placement.VirtSchedulable}=true" }, new() { Labels = $"{Placement.VirtSchedulable}!=true" }];

    /// <summary>Together those of which <see cref="Node.IsControlPlane"/> says so, each in one of them.</summary>
    private static readonly Selection[] ControlPlanes =
    [
        new() { Labels = "node-role.kubernetes.io/control-plane" },
        new() { Labels = "node-role.kubernetes.io/master,!node-role.kubernetes.io/control-plane" },
    ];

    /// <summary>Those that were read, in the order of their names.</summary>
    public required IReadOnlyList<Node> Nodes { get; init; }

    /// <summary>Those of the control plane, all of them; empty if the node itself is none.</summary>
    public required IReadOnlyList<Node> ControlPlane { get; init; }

    /// <summary>Where the machines fit among those that were read.</summary>
    public required PlacementFindings Placements { get; init; }

    /// <summary>Reads until an open node is seen and every machine has its place. More nodes change no finding then, for each finding says that something is missing.</summary>
    public static async Task<OtherNodes> ReadAsync(PlanningContext context, IReadOnlyList<MachineExpectation> machines, CancellationToken cancellationToken)
    {
        var (nodes, placements, areAll) = await ReadNodesAsync(context, machines, cancellationToken).ConfigureAwait(false);
        nodes.Sort(static (left, right) => left.Name.CompareTo(right.Name));
        return new OtherNodes
        {
            Nodes = nodes,
            ControlPlane = !context.Node.IsControlPlane ? [] : areAll ? nodes : await ListControlPlaneAsync(context, cancellationToken).ConfigureAwait(false),
            Placements = placements,
        };
    }

    private static async Task<(List<Node> Nodes, PlacementFindings Placements, bool AreAll)> ReadNodesAsync(
        PlanningContext context, IReadOnlyList<MachineExpectation> machines, CancellationToken cancellationToken)
    {
        var nodes = new List<Node>();
        var placements = new PlacementFindings(machines);
        foreach (var selection in placements.AreNone ? All : AllByVirt)
        {
            // A node that becomes one of the others between the two lists counts as it was.
            var before = nodes.Count;
            var known = nodes.Select(static node => node.Name).ToHashSet();
            await foreach (var page in context.Cluster.Nodes.ListPagesAsync(selection, FirstPageSize, cancellationToken).ConfigureAwait(false))
            {
                if (page.BeginsAnew)
                {
                    nodes.RemoveRange(before, nodes.Count - before);
                    placements = new PlacementFindings(machines);
                    nodes.ForEach(placements.Add);
                }

                foreach (var node in Others(context, page.Items).Where(node => !known.Contains(node.Name)))
                {
                    nodes.Add(node);
                    placements.Add(node);
                }

                if (placements.AreSettled && nodes.Exists(Placement.IsOpen))
                {
                    return (nodes, placements, AreAll: false);
                }
            }
        }

        return (nodes, placements, AreAll: true);
    }

    private static async Task<IReadOnlyList<Node>> ListControlPlaneAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var nodes = new List<Node>();
        foreach (var selection in ControlPlanes)
        {
            nodes.AddRange(Others(context, (await context.Cluster.Nodes.ListAsync(selection, cancellationToken).ConfigureAwait(false)).Items));
        }

        return nodes;
    }

    private static IEnumerable<Node> Others(PlanningContext context, IEnumerable<Node> nodes) => nodes.Where(node => node.Name != context.Node.Name)
        .Select(node => context.Companions.Contains(node.Name.Name) ? node with { Unschedulable = true } : node);
}
