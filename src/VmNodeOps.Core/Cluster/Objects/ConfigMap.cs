namespace VmNodeOps.Cluster;

/// <summary>A config map: texts by key.</summary>
public sealed record ConfigMap : ClusterObject
{
    /// <summary>The texts. Default none.</summary>
    public IReadOnlyDictionary<string, string> Data { get; init; } = EmptyMap;
}
