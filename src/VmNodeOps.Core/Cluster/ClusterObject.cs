namespace VmNodeOps.Cluster;

/// <summary>What every object of a cluster has. Immutable.</summary>
public abstract record ClusterObject
{
    /// <summary>The name and namespace.</summary>
    public required ObjectName Name { get; init; }

    /// <summary><c>metadata.uid</c>: this very object, and no later one of the same name.</summary>
    public required string Uid { get; init; }

    /// <summary><c>metadata.resourceVersion</c>: this version of it. Opaque. Default empty: not known.</summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary><c>metadata.generation</c>: counts changes of the wish. Default 0: the server does not count them for this kind.</summary>
    public long Generation { get; init; }

    /// <summary>When the server made it, by the server's clock.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>
    /// <c>metadata.deletionTimestamp</c>: set once its deletion was asked for. For a pod it lies in the future by the grace period. Default null: not in deletion.
    /// </summary>
    public DateTimeOffset? DeletionAt { get; init; }

    /// <summary>Labels. Default none.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = EmptyMap;

    /// <summary>Annotations. Default none.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = EmptyMap;

    /// <summary>What must be done by others before the object can go. Default none.</summary>
    public IReadOnlyList<string> Finalizers { get; init; } = [];

    /// <summary>The objects that own this one. Default none.</summary>
    public IReadOnlyList<Owner> Owners { get; init; } = [];

    /// <summary>Whether its deletion was asked for.</summary>
    public bool IsDeleting => DeletionAt is not null;

    /// <summary>The owner that controls this object; null if none does.</summary>
    public Owner? Controller => Owners.FirstOrDefault(owner => owner.IsController);

    /// <summary>Name and UID: this very object.</summary>
    public ObjectIdentity Identity => new(Name, Uid);

    private protected static IReadOnlyDictionary<string, string> EmptyMap { get; } = new Dictionary<string, string>();
}

/// <summary>An owner of an object, from <c>metadata.ownerReferences</c>.</summary>
public sealed record Owner
{
    /// <summary>The owner's kind: <c>VirtualMachineInstance</c>, <c>DaemonSet</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The owner's group and version: <c>kubevirt.io/v1</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The owner's name, in the namespace of the owned object or cluster-wide.</summary>
    public required string Name { get; init; }

    /// <summary>The owner's UID.</summary>
    public required string Uid { get; init; }

    /// <summary>Whether it is the one that controls the object. Default false.</summary>
    public bool IsController { get; init; }
}

/// <summary>One entry of <c>status.conditions</c>.</summary>
public sealed record Condition
{
    /// <summary>The condition: <c>Ready</c>, <c>LiveMigratable</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Whether it holds.</summary>
    public required ConditionStatus Status { get; init; }

    /// <summary>One word why. Default empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>A sentence why. Default empty.</summary>
    public string Message { get; init; } = "";

    /// <summary>When <see cref="Status"/> last changed, by the writer's clock.</summary>
    public DateTimeOffset? LastTransitionAt { get; init; }

    /// <summary>When a node's kubelet last wrote it; null for other kinds.</summary>
    public DateTimeOffset? LastHeartbeatAt { get; init; }
}

/// <summary>The three values of a condition.</summary>
public enum ConditionStatus
{
    /// <summary>Nobody knows. For a node's Ready: the kubelet has not been heard.</summary>
    Unknown,

    /// <summary>It does not hold. For a node's Ready: the kubelet lives, and says so itself.</summary>
    False,

    /// <summary>It holds.</summary>
    True,
}
