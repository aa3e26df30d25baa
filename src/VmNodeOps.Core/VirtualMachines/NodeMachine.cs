using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>One virtual machine as a node sees it: its instance, the machine behind it, and its launcher pods on that node. Immutable.</summary>
public sealed record NodeMachine
{
    /// <summary>Name and namespace; an instance has the name of its machine.</summary>
    public required ObjectName Name { get; init; }

    /// <summary>The node.</summary>
    public required string NodeName { get; init; }

    /// <summary>The instance of that name, wherever it runs; null if it is gone and only pods are left.</summary>
    public VirtualMachineInstance? Instance { get; init; }

    /// <summary>The virtual machine behind the instance; null for an instance that stands alone or belongs to a replica set.</summary>
    public VirtualMachine? Machine { get; init; }

    /// <summary>Its launcher pods on the node, by name. Default none: the instance is told to run here, but has no pod.</summary>
    public IReadOnlyList<LauncherPod> Pods { get; init; } = [];

    /// <summary>What else is to be known of it now, beside what would become of it.</summary>
    public IReadOnlyList<VirtualMachineTrait> Traits => [.. VirtualMachineTraits.Of(this)];

    /// <summary>Whether the instance is on this node, or on its way to it without having been elsewhere: a loss of the node is its loss.</summary>
    public bool IsAtHome =>
        Instance is not null && (Instance.NodeName is null ? Pods.Any(pod => pod.Role == LauncherRole.Current) : Instance.NodeName == NodeName);

    /// <summary>The pod in which the guest runs, or is to; null if none is here.</summary>
    public Pod? CurrentPod => Pods.LastOrDefault(pod => pod.Role == LauncherRole.Current)?.Pod;
}

/// <summary>A launcher pod, and what it is to its instance.</summary>
public sealed record LauncherPod
{
    /// <summary>The pod.</summary>
    public required Pod Pod { get; init; }

    /// <summary>What it is.</summary>
    public required LauncherRole Role { get; init; }
}

/// <summary>What a launcher pod is to its instance.</summary>
public enum LauncherRole
{
    /// <summary>The guest runs in it, or is to.</summary>
    Current,

    /// <summary>The guest is to come to it by a migration that is not over.</summary>
    MigrationTarget,

    /// <summary>The guest has left it by a migration, and it has not ended yet.</summary>
    MigrationSource,

    /// <summary>It has ended; after a migration it lies on the node it left until it is collected.</summary>
    Finished,

    /// <summary>Its instance is gone, or another one has its name by now.</summary>
    Orphan,
}
