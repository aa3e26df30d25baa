namespace VmNodeOps.Testing.Api.Storage;

/// <summary>Objects by uid and by owner, pods by node: what controllers ask for again and again.</summary>
internal sealed class ObjectIndexes
{
    private readonly Dictionary<string, StoredObject> _byUid = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, StoredObject>> _byOwner = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<(string, string), StoredObject>> _podsByNode = new(StringComparer.Ordinal);

    public StoredObject? ByUid(string uid) => _byUid.GetValueOrDefault(uid);

    /// <summary>The objects that name this uid in their ownerReferences.</summary>
    public IReadOnlyList<StoredObject> Dependents(string ownerUid) =>
        _byOwner.TryGetValue(ownerUid, out var dependents)
            ? [.. dependents.Values.OrderBy(stored => stored.Namespace, StringComparer.Ordinal).ThenBy(stored => stored.Name, StringComparer.Ordinal)]
            : [];

    public bool HasDependents(string ownerUid) => _byOwner.ContainsKey(ownerUid);

    public IReadOnlyList<StoredObject> PodsOnNode(string nodeName) =>
        _podsByNode.TryGetValue(nodeName, out var pods) ? [.. pods.Values] : [];

    public void Replace(StoredObject? previous, StoredObject? stored)
    {
        if (previous is not null)
        {
            Drop(previous);
        }

        if (stored is not null)
        {
            Add(stored);
        }
    }

    private void Add(StoredObject stored)
    {
        _byUid[stored.Uid] = stored;
        foreach (var owner in stored.Owners)
        {
            if (!_byOwner.TryGetValue(owner.Uid, out var dependents))
            {
                _byOwner.Add(owner.Uid, dependents = new Dictionary<string, StoredObject>(StringComparer.Ordinal));
            }

            dependents[stored.Uid] = stored;
        }

        if (stored.NodeName is { } node)
        {
            if (!_podsByNode.TryGetValue(node, out var pods))
            {
                _podsByNode.Add(node, pods = new SortedDictionary<(string, string), StoredObject>(KeyOrder.Instance));
            }

            pods[(stored.Namespace!, stored.Name)] = stored;
        }
    }

    private void Drop(StoredObject stored)
    {
        _byUid.Remove(stored.Uid);
        foreach (var owner in stored.Owners)
        {
            if (_byOwner.TryGetValue(owner.Uid, out var dependents) && dependents.Remove(stored.Uid) && dependents.Count == 0)
            {
                _byOwner.Remove(owner.Uid);
            }
        }

        if (stored.NodeName is { } node && _podsByNode.TryGetValue(node, out var pods))
        {
            pods.Remove((stored.Namespace!, stored.Name));
            if (pods.Count == 0)
            {
                _podsByNode.Remove(node);
            }
        }
    }

    private sealed class KeyOrder : IComparer<(string, string)>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare((string, string) x, (string, string) y)
        {
            var order = string.CompareOrdinal(x.Item1, y.Item1);
            return order != 0 ? order : string.CompareOrdinal(x.Item2, y.Item2);
        }
    }
}
