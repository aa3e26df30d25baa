using System.Globalization;

namespace VmNodeOps.Cluster;

/// <summary>One term of a required node affinity: a node fits it if all its requirements are met. A term without any fits no node.</summary>
public sealed record NodeTerm
{
    /// <summary>Requirements of the node's labels. Default none.</summary>
    public IReadOnlyList<NodeRequirement> Labels { get; init; } = [];

    /// <summary>Requirements of the node's fields, of which Kubernetes knows <c>metadata.name</c>. Default none.</summary>
    public IReadOnlyList<NodeRequirement> Fields { get; init; } = [];

    /// <summary>Whether a node fits.</summary>
    public bool Fits(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var fields = new Dictionary<string, string> { ["metadata.name"] = node.Name.Name };
        return Labels.Count + Fields.Count > 0
            && Labels.All(requirement => requirement.Matches(node.Labels))
            && Fields.All(requirement => requirement.Matches(fields));
    }
}

/// <summary>One requirement of a <see cref="NodeTerm"/>.</summary>
public sealed record NodeRequirement
{
    /// <summary>The label or field.</summary>
    public required string Key { get; init; }

    /// <summary><c>In</c>, <c>NotIn</c>, <c>Exists</c>, <c>DoesNotExist</c>, <c>Gt</c> or <c>Lt</c>.</summary>
    public required string Operator { get; init; }

    /// <summary>The values; one number for Gt and Lt. Default none.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Whether these meet it. What lacks the key meets NotIn; an operator that this version does not know is taken as met, for the scheduler decides.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var present = values.TryGetValue(Key, out var value);
        return Operator switch
        {
            "In" => present && Values.Contains(value),
            "NotIn" => !present || !Values.Contains(value),
            "Exists" => present,
            "DoesNotExist" => !present,
            "Gt" => Compare(value) > 0,
            "Lt" => Compare(value) < 0,
            _ => true,
        };
    }

    private int? Compare(string? value) =>
        Values is [var limit] && long.TryParse(value, CultureInfo.InvariantCulture, out var number) && long.TryParse(limit, CultureInfo.InvariantCulture, out var bound)
            ? number.CompareTo(bound)
            : null;
}
