namespace VmNodeOps;

/// <summary>How far a drain looks ahead while it is planned.</summary>
/// <remarks>
/// It reads the nodes on which machines run page by page, until it has seen an open one and enough places for the machines: one request where there are. Only where something is
/// missing it reads all nodes. Of disruption budgets it lists those of the namespaces concerned. Pods of other nodes are not read, so what is free there is not known.
/// </remarks>
public sealed record PreflightOptions
{
    /// <summary>Whether to look ahead at all.</summary>
    /// <value>True.</value>
    public bool IsOn { get; init; } = true;

    /// <summary>Whether to begin although a machine that is to be shut down fits on no other Ready node, and so would stay down.</summary>
    /// <value>False: the run is refused.</value>
    public bool ProceedWithoutFittingNode { get; init; }

    /// <summary>How many bytes of memory a migration transfers in a second, for the estimate of how long migrations take.</summary>
    /// <value>125,000,000: a line of one gigabit per second.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long MigrationBytesPerSecond
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MigrationBytesPerSecond), value, "It must be more than nothing.");
    } = 125_000_000;
}
