namespace VmNodeOps.Cluster;

/// <summary>A pod disruption budget: how many of some pods may be evicted.</summary>
public sealed record DisruptionBudget : ClusterObject
{
    /// <summary>The pods that it protects; null protects none.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>How many must stay, a number or a percentage; null if <see cref="MaxUnavailable"/> is set.</summary>
    public string? MinAvailable { get; init; }

    /// <summary>How many may go, a number or a percentage; null if <see cref="MinAvailable"/> is set.</summary>
    public string? MaxUnavailable { get; init; }

    /// <summary>How many may be evicted now. Default 0.</summary>
    public int DisruptionsAllowed { get; init; }

    /// <summary>How many of the pods are healthy now. Default 0.</summary>
    public int CurrentHealthy { get; init; }

    /// <summary>How many must be. Default 0.</summary>
    public int DesiredHealthy { get; init; }

    /// <summary>How many pods it counts. Default 0.</summary>
    public int ExpectedPods { get; init; }

    /// <summary>The generation that its numbers are for; less than <see cref="ClusterObject.Generation"/> while the controller has not looked at the newest.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>Whether unready pods may always go (<c>unhealthyPodEvictionPolicy: AlwaysAllow</c>). Default false.</summary>
    public bool AlwaysAllowsUnhealthy { get; init; }
}

/// <summary>A label selector as an object carries it. Immutable.</summary>
public sealed record LabelSelector
{
    /// <summary>Labels that must have these values. Default none.</summary>
    public IReadOnlyDictionary<string, string> MatchLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>Further requirements. Default none.</summary>
    public IReadOnlyList<LabelRequirement> MatchExpressions { get; init; } = [];

    /// <summary>Whether an object with these labels is selected. An empty selector selects everything.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return MatchLabels.All(wanted => labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value)
            && MatchExpressions.All(requirement => requirement.Matches(labels));
    }
}

/// <summary>One requirement of a <see cref="LabelSelector"/>.</summary>
public sealed record LabelRequirement
{
    /// <summary>The label.</summary>
    public required string Key { get; init; }

    /// <summary><c>In</c>, <c>NotIn</c>, <c>Exists</c> or <c>DoesNotExist</c>.</summary>
    public required string Operator { get; init; }

    /// <summary>The values, for In and NotIn. Default none.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Whether labels meet it. An object without the label meets NotIn.</summary>
    /// <exception cref="InvalidOperationException">The operator is none of the four.</exception>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var present = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            "In" => present && Values.Contains(value),
            "NotIn" => !present || !Values.Contains(value),
            "Exists" => present,
            "DoesNotExist" => !present,
            _ => throw new InvalidOperationException($"A label selector cannot have the operator '{Operator}'."),
        };
    }
}
