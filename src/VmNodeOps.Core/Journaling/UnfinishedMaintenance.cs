namespace VmNodeOps;

/// <summary>What the journal of a node says is under way there.</summary>
public sealed record UnfinishedMaintenance
{
    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>The journal; null if there is none, or none that can be used.</summary>
    public MaintenanceJournal? Journal { get; init; }

    /// <summary>The same steps with the same options, to be planned and run like any other maintenance; null if they cannot be composed.</summary>
    public NodeMaintenance? Maintenance { get; init; }

    /// <summary>Why they cannot be composed, and what lifts it; null if they can.</summary>
    public Finding? Objection { get; init; }
}
