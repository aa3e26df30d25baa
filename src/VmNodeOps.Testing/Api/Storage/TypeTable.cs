using System.Collections.Immutable;
using Objects = System.Collections.Immutable.ImmutableSortedDictionary<string, VmNodeOps.Testing.Api.StoredObject>;

namespace VmNodeOps.Testing.Api.Storage;

/// <summary>The objects of one type. Used under the store's lock.</summary>
internal sealed class TypeTable(ResourceType type)
{
    private const int PastKept = 8;

    private static readonly Objects None = Objects.Empty.WithComparers(StringComparer.Ordinal);

    private ImmutableSortedDictionary<string, Objects> _byNamespace =
        ImmutableSortedDictionary<string, Objects>.Empty.WithComparers(StringComparer.Ordinal);

    private readonly Queue<(long Revision, SnapshotContent Content)> _past = new();

    private SnapshotContent? _content;

    public ChangeHistory History { get; } = new();

    /// <summary>Those who hear of every change of this type, under the store's lock.</summary>
    public ImmutableArray<IChangeListener> Listeners { get; set; } = [];

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

    /// <summary>The collection as it was at a revision not later than now; null if the history no longer reaches back to it.</summary>
    public Snapshot? TakeAt(long revision)
    {
        if (revision < History.DroppedThrough)
        {
            return null;
        }

        var first = History.IndexAfter(revision);
        if (first == History.Count)
        {
            return Take(revision);
        }

        foreach (var (kept, content) in _past)
        {
            if (kept == revision)
            {
                return new Snapshot(type, revision, content);
            }
        }

        return new Snapshot(type, revision, Keep(revision, Undo(first)));
    }

    private SnapshotContent Undo(int first)
    {
        var state = _byNamespace;
        for (var index = History.Count - 1; index >= first; index--)
        {
            var (_, changed, previous) = History[index];
            var key = ObjectKey.Of(changed);
            var objects = state.GetValueOrDefault(key.Namespace, None);
            objects = previous is null ? objects.Remove(key.Name) : objects.SetItem(key.Name, previous);
            state = objects.IsEmpty ? state.Remove(key.Namespace) : state.SetItem(key.Namespace, objects);
        }

        return new SnapshotContent(state);
    }

    /// <summary>A client that pages asks for the same past again and again.</summary>
    private SnapshotContent Keep(long revision, SnapshotContent content)
    {
        if (_past.Count == PastKept)
        {
            _past.Dequeue();
        }

        _past.Enqueue((revision, content));
        return content;
    }
}
