using VmNodeOps.Cluster;

namespace VmNodeOps.Kubernetes.Watching;

/// <summary>What a watch has told so far, against which a fresh reading is compared, so that nothing is lost and nothing told twice.</summary>
internal sealed class Picture<T>
    where T : ClusterObject
{
    private readonly Dictionary<ObjectName, T> _known = [];
    private readonly bool _beganFromSnapshot;
    private HashSet<ObjectName>? _seen;

    public Picture(Snapshot<T>? from)
    {
        foreach (var item in from?.Items ?? [])
        {
            _known[item.Name] = item;
        }

        ResourceVersion = from?.ResourceVersion;
        _beganFromSnapshot = from is not null;
    }

    /// <summary>The server's count up to which everything has been told; null before the first.</summary>
    public string? ResourceVersion { get; private set; }

    /// <summary>Takes a live event of the server.</summary>
    public void Live(WatchEventKind kind, T item, List<WatchEvent<T>> told)
    {
        ResourceVersion = item.ResourceVersion;
        _known.TryGetValue(item.Name, out var before);
        if (kind == WatchEventKind.Deleted)
        {
            if (before is not null && before.Uid != item.Uid)
            {
                return;
            }

            _known.Remove(item.Name);
            told.Add(Event(kind, item, ResourceVersion));
            return;
        }

        if (before is not null && before.Uid != item.Uid)
        {
            told.Add(Event(WatchEventKind.Deleted, before, ResourceVersion));
            before = null;
        }

        if (before is not null && before.ResourceVersion == item.ResourceVersion)
        {
            return;
        }

        _known[item.Name] = item;
        told.Add(Event(before is null ? kind : WatchEventKind.Modified, item, ResourceVersion));
    }

    /// <summary>Something outside the sifted selection moved the server's count on.</summary>
    public void Pass(string resourceVersion) => ResourceVersion = resourceVersion;

    /// <summary>A fresh reading of everything begins.</summary>
    public void BeginReading() => _seen = [];

    /// <summary>One object of the reading. While it lasts, no resource version holds for the whole, and events carry none.</summary>
    public void Read(T item, List<WatchEvent<T>> told)
    {
        _seen!.Add(item.Name);
        _known.TryGetValue(item.Name, out var before);
        if (before is not null && before.Uid == item.Uid)
        {
            if (before.ResourceVersion != item.ResourceVersion)
            {
                _known[item.Name] = item;
                told.Add(Event(WatchEventKind.Modified, item, null));
            }

            return;
        }

        _known[item.Name] = item;
        if (before is not null)
        {
            told.Add(Event(WatchEventKind.Deleted, before, null));
        }
        else if (IsOlder(item.ResourceVersion))
        {
            // It was there before this watch began, outside the snapshot that it began from, and has not changed: there is nothing to tell.
            return;
        }

        told.Add(Event(WatchEventKind.Added, item, null));
    }

    /// <summary>An object went while the reading was under way.</summary>
    public void Gone(T item, List<WatchEvent<T>> told)
    {
        _seen!.Remove(item.Name);
        if (_known.Remove(item.Name, out _))
        {
            told.Add(Event(WatchEventKind.Deleted, item, null));
        }
    }

    /// <summary>The reading is complete: what it did not show has gone meanwhile.</summary>
    public void EndReading(string resourceVersion, List<WatchEvent<T>> told)
    {
        foreach (var gone in _known.Keys.Where(name => !_seen!.Contains(name)).Order().ToList())
        {
            _known.Remove(gone, out var last);
            told.Add(Event(WatchEventKind.Deleted, last!, null));
        }

        _seen = null;
        ResourceVersion = resourceVersion;
        told.Add(new WatchEvent<T> { Kind = WatchEventKind.Synchronized, ResourceVersion = resourceVersion });
    }

    private bool IsOlder(string resourceVersion) => _beganFromSnapshot && VersionCount.Of(resourceVersion) <= VersionCount.Of(ResourceVersion);

    private static WatchEvent<T> Event(WatchEventKind kind, T item, string? resourceVersion) =>
        new() { Kind = kind, Object = item, ResourceVersion = resourceVersion };
}
