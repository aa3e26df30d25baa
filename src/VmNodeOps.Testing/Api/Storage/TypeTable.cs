using System.Collections.Immutable;
using Objects = System.Collections.Immutable.ImmutableSortedDictionary<string, VmNodeOps.Testing.Api.StoredObject>;

namespace VmNodeOps.Testing.Api.Storage;

/// <summary>The objects of one type. Used under the store's lock.</summary>
internal sealed class TypeTable(ResourceType type)
{
    private static readonly Objects None = Objects.Empty.WithComparers(StringComparer.Ordinal);

    private ImmutableSortedDictionary<string, Objects> _byNamespace =
        ImmutableSortedDictionary<string, Objects>.Empty.WithComparers(StringComparer.Ordinal);

    private SnapshotContent? _content;

    public ChangeHistory History { get; } = new();

    /// <summary>Those who hear of every change of this type, under the store's lock.</summary>
    public List<IChangeListener> Listeners { get; } = [];

    public StoredObject? Get(ObjectKey key) =>
        _byNamespace.TryGetValue(key.Namespace, out var objects) && objects.TryGetValue(key.Name, out var stored) ? stored : null;

    public StoredObject? Set(StoredObject stored)
    {
        var key = ObjectKey.Of(stored);
        var objects = _byNamespace.GetValueOrDefault(key.Namespace, None);
        var previous = objects.GetValueOrDefault(key.Name);
        _byNamespace = _byNamespace.SetItem(key.Namespace, objects.SetItem(key.Name, stored));
        _content = null;
        return previous;
    }

    public void Remove(ObjectKey key)
    {
        var objects = _byNamespace[key.Namespace].Remove(key.Name);
        _byNamespace = objects.IsEmpty ? _byNamespace.Remove(key.Namespace) : _byNamespace.SetItem(key.Namespace, objects);
        _content = null;
    }

    public bool HasAnyIn(string ns) => _byNamespace.ContainsKey(ns);

    public Snapshot Take(long revision) => new(type, revision, _content ??= new SnapshotContent(_byNamespace));
}
