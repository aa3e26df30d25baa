namespace VmNodeOps;

/// <summary>How several nodes are maintained together.</summary>
public sealed record BatchOptions
{
    /// <summary>How many nodes are worked on at once: emptied, recovered, or whatever the steps do beyond preparing.</summary>
    /// <value>One: the next node begins when the one before has ended.</value>
    public int MaxNodesAtOnce { get; init; } = 1;

    /// <summary>
    /// Whether all nodes are prepared (window opened, cordoned: <see cref="IMaintenanceStep.IsPreparation"/>) before the first is worked on, so that nothing moves from one of
    /// them to the next. A node's <see cref="MaintenanceOptions.Timeout"/> does not run while it waits for its turn.
    /// </summary>
    /// <value>True. Set it to false for a rolling maintenance that takes each node down and up again before the next: then only the nodes at work are cordoned.</value>
    public bool PrepareAllFirst { get; init; } = true;

    /// <summary>Whether no further node is begun once one has not succeeded. Those at work end as they would.</summary>
    /// <value>True.</value>
    public bool StopOnTrouble { get; init; } = true;

    /// <summary>What makes no sense in them; null if nothing.</summary>
    internal string? FindObjection() =>
        MaxNodesAtOnce < 1 ? $"The MaxNodesAtOnce of a batch is {MaxNodesAtOnce}; at least one node must be worked on." : null;
}
