namespace VmNodeOps.Testing;

/// <summary>A node to be there when the cluster starts.</summary>
public sealed record SimulatedNode
{
    /// <summary>The node's name; an address such as <c>1.1.1.211</c> is a name like any other.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it bears the control-plane role. Since 1.3 KubeVirt's components live on such nodes, if there are any.</summary>
    public bool IsControlPlane { get; init; }

    /// <summary>Labels beside those that every kubelet sets.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Annotations of the Node.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>What it offers, by resource; what is not named has a generous default.</summary>
    public IReadOnlyDictionary<string, string> Capacity { get; init; } = new Dictionary<string, string>();

    /// <summary>Gives it the control-plane role.</summary>
    public SimulatedNode AsControlPlane() => this with { IsControlPlane = true };

    /// <summary>Adds a label.</summary>
    public SimulatedNode WithLabel(string key, string value) =>
        this with { Labels = new Dictionary<string, string>(Labels) { [key] = value } };

    /// <summary>Sets what it offers of a resource, such as <c>memory</c> or <c>pods</c>.</summary>
    public SimulatedNode WithCapacity(string resource, string quantity) =>
        this with { Capacity = new Dictionary<string, string>(Capacity) { [resource] = quantity } };
}
