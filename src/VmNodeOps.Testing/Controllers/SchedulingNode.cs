using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>A node as the scheduler sees it: what it offers, and what the pods on it take.</summary>
internal sealed class SchedulingNode(string name)
{
    private readonly Dictionary<string, decimal> _used = [];
    private Dictionary<string, decimal> _allocatable = [];

    public string Name { get; } = name;

    public IReadOnlyDictionary<string, string> Labels { get; private set; } = new Dictionary<string, string>();

    public IReadOnlyList<Taint> Taints { get; private set; } = [];

    public bool Unschedulable { get; private set; }

    /// <summary>Whether the Node object exists; pods may be bound to a name that has none.</summary>
    public bool Exists { get; private set; }

    public int Pods { get; private set; }

    /// <summary>Takes in a version of the node.</summary>
    /// <returns>Whether anything changed that a pod might wait for.</returns>
    public bool Update(StoredObject? node)
    {
        if (node is null)
        {
            Exists = false;
            return false;
        }

        IReadOnlyList<Taint> taints = [.. Taint.Of(node.Json).Where(taint => taint.Effect is Taint.NoSchedule or Taint.NoExecute)];
        var unschedulable = node.Json["spec"].Flag("unschedulable");
        var allocatable = (node.Json["status"].Child("allocatable") ?? []).ToDictionary(item => item.Key, item => Quantity.Parse(item.Value));
        var same = Exists && unschedulable == Unschedulable && taints.SequenceEqual(Taints) && Same(allocatable, _allocatable) && Same(node.Labels, Labels);
        Exists = true;
        Taints = taints;
        Unschedulable = unschedulable;
        Labels = node.Labels;
        _allocatable = allocatable;
        return !same;
    }

    public void Take(IReadOnlyDictionary<string, decimal> requests)
    {
        Pods++;
        foreach (var (resource, amount) in requests)
        {
            _used[resource] = _used.GetValueOrDefault(resource) + amount;
        }
    }

    public void Give(IReadOnlyDictionary<string, decimal> requests)
    {
        Pods--;
        foreach (var (resource, amount) in requests)
        {
            _used[resource] = _used.GetValueOrDefault(resource) - amount;
        }
    }

    /// <summary>What there is too little of, in the scheduler's words; nothing when the pod fits.</summary>
    public IEnumerable<string> Lacks(IReadOnlyDictionary<string, decimal> requests)
    {
        foreach (var (resource, amount) in requests)
        {
            if (amount > 0 && _used.GetValueOrDefault(resource) + amount > _allocatable.GetValueOrDefault(resource))
            {
                yield return resource == "pods" ? "Too many pods" : $"Insufficient {resource}";
            }
        }
    }

    private static bool Same<TValue>(IReadOnlyDictionary<string, TValue> left, IReadOnlyDictionary<string, TValue> right) =>
        left.Count == right.Count
        && left.All(item => right.TryGetValue(item.Key, out var value) && EqualityComparer<TValue>.Default.Equals(item.Value, value));
}
