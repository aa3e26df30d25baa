using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>What the attach/detach controller knows of a node.</summary>
internal sealed class NodeVolumes
{
    /// <summary>Volumes that the kubelet last reported mounted or about to be.</summary>
    public IReadOnlySet<string> InUse { get; private set; } = new HashSet<string>();

    /// <summary>Whether the node exists and is ready.</summary>
    public bool IsHealthy { get; private set; }

    public bool IsOutOfService { get; private set; }

    /// <summary>The volumes believed to be on it.</summary>
    public SortedSet<string> Believed { get; } = new(StringComparer.Ordinal);

    /// <summary>Takes in a version of the node, or that it is gone.</summary>
    /// <returns>Whether something changed that detaching depends on.</returns>
    public bool Take(StoredObject? node)
    {
        var before = (InUse, IsHealthy, IsOutOfService);
        IsHealthy = node is not null && Conditions.StatusOf(node.Json["status"], "Ready") == "True";
        IsOutOfService = Taint.IsOutOfService(node);
        if (node is not null)
        {
            InUse = node.Json["status"].Texts("volumesInUse").ToHashSet();
        }

        return before.IsHealthy != IsHealthy || before.IsOutOfService != IsOutOfService || !before.InUse.SetEquals(InUse);
    }
}
