using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Why a pod gets no further, by name, and what would help.</summary>
/// <param name="Code">One word for programs.</param>
/// <param name="Why">What stands against it, as the rest of a sentence about the machine or pod.</param>
/// <param name="Lift">The next step, as a sentence.</param>
internal sealed record StuckCause(string Code, string Why, string Lift);

/// <summary>What is known about a pod that gets no further.</summary>
internal sealed record StuckFacts
{
    public required Pod Pod { get; init; }

    /// <summary>What the drain does about it.</summary>
    public required EvictionDecision Decision { get; init; }

    public VirtualMachineInstance? Instance { get; init; }

    /// <summary>How its machine stands; null for a pod of no machine that is followed.</summary>
    public MachineStanding? Standing { get; init; }

    public KubeVirtInstallation? Installation { get; init; }

    /// <summary>The node that is drained; null if its object is gone.</summary>
    public Node? Node { get; init; }

    /// <summary>Pods of the instance that have not ended, wherever they are. Empty if that was not looked up.</summary>
    public IReadOnlyList<Pod> Launchers { get; init; } = [];

    /// <summary>The nodes of <see cref="Launchers"/> that are not Ready, or gone.</summary>
    public IReadOnlyList<string> DeadNodes { get; init; } = [];

    /// <summary>Budgets that protect the pod. Empty if that was not looked up.</summary>
    public IReadOnlyList<DisruptionBudget> Budgets { get; init; } = [];

    /// <summary>Migrations under way off the node, and in the cluster.</summary>
    public (int FromNode, int InAll) Migrations { get; init; }

    /// <summary>Now, by the run's clock.</summary>
    public DateTimeOffset At { get; init; }
}
