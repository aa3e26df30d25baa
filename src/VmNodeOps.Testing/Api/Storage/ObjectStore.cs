using System.Globalization;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Storage;

/// <summary>Every object of the cluster with one rising revision, as etcd has it. It stores what it is given; the rules are its callers'.</summary>
/// <remarks>Every member is used under <see cref="Gate"/>, which is re-entrant: an admission writes while a write waits for it.</remarks>
internal sealed class ObjectStore
{
    private readonly Dictionary<ResourceType, TypeTable> _tables = new(ReferenceEqualityComparer.Instance);
    private readonly List<IChangeListener> _listeners = [];

    public Lock Gate { get; } = new();

    public long Revision { get; private set; } = 1;

    /// <summary>How many changes of each type a watch can resume over.</summary>
    public int HistoryLimit { get; set; } = 10_000;

    public ObjectIndexes Indexes { get; } = new();

    public TypeTable Table(ResourceType type)
    {
        if (!_tables.TryGetValue(type, out var table))
        {
            table = new TypeTable(type);
            _tables.Add(type, table);
        }

        return table;
    }

    public void Listen(IChangeListener listener) => _listeners.Add(listener);

    public StoredObject? Get(ResourceType type, string? ns, string name) => Table(type).Get(new ObjectKey(ns ?? "", name));

    /// <summary>The collection as of now. Its revision is that of the whole store, as in a real list.</summary>
    public Snapshot Take(ResourceType type) => Table(type).Take(Revision);

    /// <summary>Stores a new object or a new version of one. The JSON is the store's from now on.</summary>
    public StoredObject Put(ResourceType type, JsonObject json)
    {
        var stored = Stamp(type, json);
        var previous = Table(type).Set(stored);
        Indexes.Replace(previous, stored);
        Publish(new ObjectChange(previous is null ? ChangeKind.Added : ChangeKind.Modified, stored, previous));
        return stored;
    }

    /// <summary>Takes an object out.</summary>
    /// <param name="last">Its last state, when that differs from the stored one.</param>
    public StoredObject Remove(StoredObject stored, JsonObject? last = null)
    {
        var gone = Stamp(stored.Type, last ?? stored.Json.DeepClone().AsObject());
        Table(stored.Type).Remove(ObjectKey.Of(stored));
        Indexes.Replace(stored, null);
        Publish(new ObjectChange(ChangeKind.Deleted, gone, stored));
        return gone;
    }

    /// <summary>Forgets all history, as etcd's compaction does: watches can no longer resume from revisions before now.</summary>
    public void Compact()
    {
        foreach (var type in ResourceTypes.All)
        {
            Table(type).History.Compact(Revision);
        }
    }

    private StoredObject Stamp(ResourceType type, JsonObject json)
    {
        Revision++;
        json["metadata"]!["resourceVersion"] = Revision.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(type, json, Revision);
    }

    private void Publish(ObjectChange change)
    {
        var table = Table(change.Object.Type);
        table.History.Add(change, HistoryLimit);
        foreach (var listener in table.Listeners)
        {
            listener.Changed(change);
        }

        foreach (var listener in _listeners)
        {
            listener.Changed(change);
        }
    }
}
