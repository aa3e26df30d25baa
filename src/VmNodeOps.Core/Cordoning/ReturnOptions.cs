namespace VmNodeOps;

/// <summary>How a node comes back into service.</summary>
public sealed record ReturnOptions
{
    /// <summary>Whether to uncordon the node even if no journal says that its maintenance cordoned it, or if it was cordoned before.</summary>
    /// <value>False: who cordoned it may have a reason.</value>
    public bool EvenIfCordonedByOthers { get; init; }

    /// <summary>Whether and how the machines that left the node by migration are migrated back, last of all.</summary>
    /// <value>Null: they stay where they are. KubeVirt 1.6 or newer is needed; an older one refuses, and nothing is moved.</value>
    public BringBackOptions? BringBack { get; init; }
}
