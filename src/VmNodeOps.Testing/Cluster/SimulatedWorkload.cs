namespace VmNodeOps.Testing;

/// <summary>The kinds of ordinary workloads.</summary>
public enum SimulatedWorkloadKind
{
    /// <summary>Pods that are replaced, anywhere.</summary>
    Deployment,

    /// <summary>One pod on each node.</summary>
    DaemonSet,

    /// <summary>A pod that nobody replaces.</summary>
    Pod,
}

/// <summary>Pods that are no virtual machines.</summary>
public sealed record SimulatedWorkload
{
    /// <summary>Its name, and the value of its pods' label <c>app</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace, made if need be.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>What it is.</summary>
    public SimulatedWorkloadKind Kind { get; init; }

    /// <summary>How many pods a Deployment has.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>The node of a bare pod, or the only one of a Deployment; null for any.</summary>
    public string? Node { get; init; }

    /// <summary>A disruption budget over its pods with this many that must stay; null for none.</summary>
    public int? MinAvailable { get; init; }

    /// <summary>From SIGTERM to the end of its processes.</summary>
    public TimeSpan StopDuration { get; init; }

    /// <summary>Labels of its pods, beside <c>app</c>.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether its pods have an emptyDir volume, which a drain must be told to give up.</summary>
    public bool HasEmptyDir { get; init; }
}

/// <summary>A disruption budget.</summary>
public sealed record SimulatedBudget
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The labels of its pods.</summary>
    public required IReadOnlyDictionary<string, string> Selector { get; init; }

    /// <summary>How many must stay available: a number or a percentage.</summary>
    public string? MinAvailable { get; init; }

    /// <summary>How many may be away: a number or a percentage.</summary>
    public string? MaxUnavailable { get; init; }

    /// <summary>What is done about pods that are not ready; null leaves Kubernetes' default.</summary>
    public string? UnhealthyPodEvictionPolicy { get; init; }
}

/// <summary>A user with rights of its own.</summary>
public sealed record SimulatedUser
{
    /// <summary>The user name.</summary>
    public required string Name { get; init; }

    /// <summary>Its rights in the whole cluster.</summary>
    public IReadOnlyList<SimulatedRule> Rules { get; init; } = [];

    /// <summary>Existing ClusterRoles bound to it in the whole cluster, such as <c>kubevirt.io:admin</c>.</summary>
    public IReadOnlyList<string> ClusterRoles { get; init; } = [];
}

/// <summary>One rule of a role.</summary>
/// <param name="ApiGroup">The API group, empty for the core group.</param>
/// <param name="Resources">Resources and subresources, such as <c>pods/eviction</c>.</param>
/// <param name="Verbs">The verbs.</param>
public sealed record SimulatedRule(string ApiGroup, IReadOnlyList<string> Resources, IReadOnlyList<string> Verbs);
