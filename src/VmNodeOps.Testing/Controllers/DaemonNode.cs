namespace VmNodeOps.Testing.Controllers;

/// <summary>What of a node decides whether a daemon pod belongs there.</summary>
internal sealed record DaemonNode(string Name, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<Taint> Taints)
{
    public bool SameAs(DaemonNode other) =>
        Taints.SequenceEqual(other.Taints)
        && Labels.Count == other.Labels.Count
        && Labels.All(label => other.Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}
