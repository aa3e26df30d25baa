namespace VmNodeOps;

/// <summary>How a node comes back into service.</summary>
public sealed record ReturnOptions
{
    /// <summary>Whether to uncordon the node even if no journal says that its maintenance cordoned it, or if it was cordoned before.</summary>
    /// <value>False: who cordoned it may have a reason.</value>
    public bool EvenIfCordonedByOthers { get; init; }
}
