namespace VmNodeOps.Testing.Api.Storage;

/// <summary>The objects of one type by namespace and the value of one label.</summary>
internal sealed class LabelIndex(string key)
{
    private readonly Dictionary<(string Namespace, string Value), SortedDictionary<string, StoredObject>> _objects = [];

    /// <summary>Ordered by name.</summary>
    public IReadOnlyList<StoredObject> Find(string ns, string value) => _objects.TryGetValue((ns, value), out var found) ? [.. found.Values] : [];

    public void Add(StoredObject stored)
    {
        if (stored.Labels.TryGetValue(key, out var value))
        {
            var place = (stored.Namespace ?? "", value);
            if (!_objects.TryGetValue(place, out var found))
            {
                _objects.Add(place, found = new SortedDictionary<string, StoredObject>(StringComparer.Ordinal));
            }

            found[stored.Name] = stored;
        }
    }

    public void Drop(StoredObject stored)
    {
        if (stored.Labels.TryGetValue(key, out var value) && _objects.TryGetValue((stored.Namespace ?? "", value), out var found)
            && found.Remove(stored.Name) && found.Count == 0)
        {
            _objects.Remove((stored.Namespace ?? "", value));
        }
    }
}
