namespace VmNodeOps.Testing.Api.Storage;

/// <summary>Objects by uid and by owner, pods and instances by node, anything by a label that was asked for: what controllers ask for again and again.</summary>
internal sealed class ObjectIndexes
{
    private readonly Dictionary<string, StoredObject> _byUid = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, StoredObject>> _byOwner = new(StringComparer.Ordinal);
    private readonly Dictionary<(ResourceType, string), SortedDictionary<(string, string), StoredObject>> _byNode = [];
    private readonly Dictionary<(ResourceType, string), LabelIndex> _byLabel = [];

    public StoredObject? ByUid(string uid) => _byUid.GetValueOrDefault(uid);

    /// <summary>The objects that name this uid in their ownerReferences.</summary>
    public IReadOnlyList<StoredObject> Dependents(string ownerUid) =>
        _byOwner.TryGetValue(ownerUid, out var dependents)
            ? [.. dependents.Values.OrderBy(stored => stored.Namespace, StringComparer.Ordinal).ThenBy(stored => stored.Name, StringComparer.Ordinal)]
            : [];

    public bool HasDependents(string ownerUid) => _byOwner.ContainsKey(ownerUid);

    public IReadOnlyList<StoredObject> OnNode(ResourceType type, string nodeName) =>
        _byNode.TryGetValue((type, nodeName), out var there) ? [.. there.Values] : [];

    /// <summary>The objects of a namespace that carry a label with a value. The first question about a key goes through all of the type.</summary>
    public IReadOnlyList<StoredObject> Labelled(ResourceType type, string ns, string key, string value)
    {
        if (!_byLabel.TryGetValue((type, key), out var index))
        {
            _byLabel.Add((type, key), index = new LabelIndex(key));
            foreach (var stored in _byUid.Values.Where(stored => ReferenceEquals(stored.Type, type)))
            {
                index.Add(stored);
            }
        }

        return index.Find(ns, value);
    }

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
            if (!_byNode.TryGetValue((stored.Type, node), out var there))
            {
                _byNode.Add((stored.Type, node), there = new SortedDictionary<(string, string), StoredObject>(KeyOrder.Instance));
            }

            there[(stored.Namespace!, stored.Name)] = stored;
        }

        foreach (var index in LabelIndexesOf(stored))
        {
            index.Add(stored);
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

        if (stored.NodeName is { } node && _byNode.TryGetValue((stored.Type, node), out var there))
        {
            there.Remove((stored.Namespace!, stored.Name));
            if (there.Count == 0)
            {
                _byNode.Remove((stored.Type, node));
            }
        }

        foreach (var index in LabelIndexesOf(stored))
        {
            index.Drop(stored);
        }
    }

    private IEnumerable<LabelIndex> LabelIndexesOf(StoredObject stored) =>
        _byLabel.Where(index => ReferenceEquals(index.Key.Item1, stored.Type)).Select(index => index.Value);

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
