using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What was found where the journal of a node would be.</summary>
internal sealed record JournalReading
{
    /// <summary>The annotation of the node that points at its journal: <c>namespace/name</c>.</summary>
    public const string Pointer = "vmnodeops.io/journal";

    /// <summary>Where it is, or would be.</summary>
    public required ObjectName Where { get; init; }

    /// <summary>The object that keeps it; null if there is none.</summary>
    public ConfigMap? Stored { get; init; }

    /// <summary>The journal; null if there is none that can be used.</summary>
    public MaintenanceJournal? Journal { get; init; }

    /// <summary>Why what is there cannot be used; null if it can, or if nothing is there.</summary>
    public string? Objection { get; init; }

    /// <summary>Reads the journal of a node, unless a step before has: where it would be, else where the node points.</summary>
    /// <returns>What was found; null if no journal is kept.</returns>
    /// <exception cref="ClusterException">It could not be read.</exception>
    public static async Task<JournalReading?> ReadAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        if (context.Handover.Find<JournalReading>() is { } known)
        {
            return known;
        }

        if (context.Options.Journal is not { } options)
        {
            return null;
        }

        var reading = await ReadAsync(context.Cluster.ConfigMaps, context.Node, options, cancellationToken).ConfigureAwait(false);
        context.Handover.Put(reading);
        return reading;
    }

    /// <summary>Reads the journal of a node: where it would be, else where the node points.</summary>
    public static async Task<JournalReading> ReadAsync(
        IClusterReader<ConfigMap> configMaps, Node node, JournalOptions options, CancellationToken cancellationToken)
    {
        var usual = new ObjectName(options.Namespace, node.Name.Name);
        var reading = await ReadAsync(configMaps, usual, node, cancellationToken).ConfigureAwait(false);
        if (reading.Stored is not null || Pointed(node) is not { } pointed || pointed == usual)
        {
            return reading;
        }

        // Anybody who may annotate nodes may have written the pointer: it counts only if a journal of this node is there.
        var elsewhere = await ReadAsync(configMaps, pointed, node, cancellationToken).ConfigureAwait(false);
        return elsewhere.Journal is null ? reading : elsewhere;
    }

    public static async Task<JournalReading> ReadAsync(
        IClusterReader<ConfigMap> configMaps, ObjectName where, Node node, CancellationToken cancellationToken)
    {
        var stored = await configMaps.FindAsync(where, cancellationToken).ConfigureAwait(false);
        if (stored is null)
        {
            return new JournalReading { Where = where };
        }

        var (journal, objection) = JournalText.Read(stored, node.Name.Name);
        var reading = new JournalReading { Where = where, Stored = stored, Journal = journal, Objection = objection };
        return journal is null || journal.NodeUid == node.Uid
            ? reading
            : reading with { Journal = null, Objection = $"it is of an earlier node of the same name (uid {journal.NodeUid}; this one is {node.Uid})" };
    }

    /// <summary>The refusal of a journal that cannot be used.</summary>
    public Finding? Refusal => Objection is null ? null : new Finding
    {
        Severity = FindingSeverity.Refusal,
        Code = "JournalUnusable",
        Message = $"The journal of node maintenance in config map {Where} cannot be used: {Objection}.",
        Lift = $"Look at it (kubectl -n {Where.Namespace} get configmap {Where.Name} -o yaml), put the node back by hand to what it says, delete it, and run this again.",
        Object = Refer.To(Stored!),
    };

    /// <summary>What is not a name points nowhere.</summary>
    private static ObjectName? Pointed(Node node)
    {
        var parts = node.Annotations.GetValueOrDefault(Pointer)?.Split('/');
        if (parts is not [var ns, var name])
        {
            return null;
        }

        try
        {
            return new ObjectName(ns, name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
