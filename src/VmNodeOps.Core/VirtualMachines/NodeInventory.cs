using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>The virtual machines of a node at one moment: read once for a plan, then shared by all steps. Immutable.</summary>
public sealed record NodeInventory
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>KubeVirt; null if the cluster serves its API but has no installation, or does not serve it at all.</summary>
    public KubeVirtInstallation? KubeVirt { get; init; }

    /// <summary>Whether the cluster serves KubeVirt's API. Where it does not, there are no virtual machines.</summary>
    public required bool ServesKubeVirt { get; init; }

    /// <summary>The launcher pods on the node, and the moment: a watch of them goes on from here.</summary>
    public required Snapshot<Pod> LauncherPods { get; init; }

    /// <summary>
    /// The instances on the node, and those elsewhere that have a launcher pod on it, with the moment at which those on the node were read: a watch of all
    /// instances goes on from here.
    /// </summary>
    public required Snapshot<VirtualMachineInstance> Instances { get; init; }

    /// <summary>Everything joined, by name.</summary>
    public required IReadOnlyList<NodeMachine> Machines { get; init; }

    /// <summary>When it was read, by the server's clock, in whole seconds as objects tell when they were made; for a maintenance that is gone on with, when that was opened.</summary>
    internal DateTimeOffset ReadAt { get; init; }

    /// <summary>What an earlier run of the same maintenance found, by name; they are in <see cref="Machines"/> even if they have left the node.</summary>
    internal IReadOnlyDictionary<ObjectName, JournaledMachine> Journaled { get; init; } = new Dictionary<ObjectName, JournaledMachine>();

    /// <summary>Reads the machines of a node; a fixed handful of requests, however many machines there are.</summary>
    /// <exception cref="ClusterException">There is no such node, or something could not be read.</exception>
    public static async Task<NodeInventory> ReadAsync(IClusterClient cluster, string nodeName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        var reads = new ClusterReads(cluster);
        var node = await NodeReading.ReadAsync(reads, nodeName, cancellationToken).ConfigureAwait(false);
        return await InventoryReading.ReadAsync(node.Name.Name, reads, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the node's machines, unless a step before has; a fixed handful of requests, however many machines there are.</summary>
    /// <exception cref="ClusterException">Something could not be read.</exception>
    public static async Task<NodeInventory> ReadAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Handover.Find<NodeInventory>() is { } known)
        {
            return known;
        }

        var journal = context.Handover.Find<JournalReading>()?.Journal;
        var inventory = await InventoryReading.ReadAsync(context.Node.Name.Name, context.Cluster, cancellationToken, journal).ConfigureAwait(false);
        inventory = inventory with { ReadAt = WholeSeconds(journal?.OpenedAt ?? context.ServerTime) };
        context.Handover.Put(inventory);
        return inventory;
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
