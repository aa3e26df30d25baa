using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>The pods as its controller last saw them, found by labels: a label key is indexed from the first selector on that demands it.</summary>
internal sealed class PodIndex
{
    private readonly Dictionary<string, StoredObject> _pods = [];
    private readonly Dictionary<(string Namespace, string Key, string Value), HashSet<string>> _byLabel = [];
    private readonly Dictionary<string, HashSet<string>> _byNamespace = [];
    private readonly HashSet<string> _keys = [];

    /// <summary>Takes in a change.</summary>
    /// <returns>The version known before; null for a pod that is new.</returns>
    public StoredObject? Take(ObjectChange change)
    {
        var pod = change.Object;
        _pods.TryGetValue(pod.Uid, out var known);
        if (known is not null && known.Revision >= pod.Revision)
        {
            return known;
        }

        if (known is not null)
        {
            File(known, add: false);
            _pods.Remove(pod.Uid);
        }

        if (change.Kind != ChangeKind.Deleted)
        {
            _pods[pod.Uid] = pod;
            File(pod, add: true);
        }

        return known;
    }

    /// <summary>The pods of a namespace that match, ordered by name.</summary>
    public IReadOnlyList<StoredObject> Matching(string ns, LabelMatcher matcher)
    {
        HashSet<string>? candidates;
        if (matcher.Demands is { } demanded)
        {
            IndexKey(demanded.Key);
            candidates = _byLabel.GetValueOrDefault((ns, demanded.Key, demanded.Value));
        }
        else
        {
            candidates = _byNamespace.GetValueOrDefault(ns);
        }

        return candidates is null
            ? []
            : [.. candidates.Select(uid => _pods[uid]).Where(pod => matcher.Matches(pod.Labels)).OrderBy(pod => pod.Name, StringComparer.Ordinal)];
    }

    private void IndexKey(string key)
    {
        if (!_keys.Add(key))
        {
            return;
        }

        foreach (var pod in _pods.Values)
        {
            if (pod.Labels.TryGetValue(key, out var value))
            {
                Put(_byLabel, (pod.Namespace!, key, value), pod.Uid, add: true);
            }
        }
    }

    private void File(StoredObject pod, bool add)
    {
        Put(_byNamespace, pod.Namespace!, pod.Uid, add);
        foreach (var key in _keys)
        {
            if (pod.Labels.TryGetValue(key, out var value))
            {
                Put(_byLabel, (pod.Namespace!, key, value), pod.Uid, add);
            }
        }
    }

    private static void Put<TKey>(Dictionary<TKey, HashSet<string>> index, TKey key, string uid, bool add)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var uids))
        {
            index[key] = uids = [];
        }

        if (add)
        {
            uids.Add(uid);
        }
        else if (uids.Remove(uid) && uids.Count == 0)
        {
            index.Remove(key);
        }
    }
}
