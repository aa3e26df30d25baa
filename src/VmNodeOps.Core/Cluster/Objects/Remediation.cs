namespace VmNodeOps.Cluster;

/// <summary>A resource by which an operator remediates a node or keeps it in maintenance: medik8s' SelfNodeRemediation, FenceAgentsRemediation, NodeMaintenance and the like.</summary>
public sealed record Remediation : ClusterObject
{
    /// <summary>Its kind: <c>SelfNodeRemediation</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The node that it names.</summary>
    public required string NodeName { get; init; }
}
