using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Selectors filed under one label that they demand, so that finding those that match an object does not ask all of them.</summary>
internal sealed class SelectorIndex<TItem>
    where TItem : notnull
{
    private readonly Dictionary<(string Namespace, string Key, string Value), Dictionary<TItem, LabelMatcher>> _demanding = [];
    private readonly Dictionary<string, Dictionary<TItem, LabelMatcher>> _others = [];
    private readonly Dictionary<TItem, (string Namespace, LabelMatcher Matcher)> _items = [];

    public void Set(TItem item, string ns, LabelMatcher matcher)
    {
        Remove(item);
        _items[item] = (ns, matcher);
        Shelf(ns, matcher)[item] = matcher;
    }

    public void Remove(TItem item)
    {
        if (_items.Remove(item, out var known))
        {
            Shelf(known.Namespace, known.Matcher).Remove(item);
        }
    }

    /// <summary>Those of the object's namespace that match its labels.</summary>
    public IEnumerable<TItem> Matching(StoredObject item)
    {
        foreach (var (key, value) in item.Labels)
        {
            foreach (var match in Matches(_demanding.GetValueOrDefault((item.Namespace!, key, value)), item))
            {
                yield return match;
            }
        }

        foreach (var match in Matches(_others.GetValueOrDefault(item.Namespace!), item))
        {
            yield return match;
        }
    }

    private static IEnumerable<TItem> Matches(Dictionary<TItem, LabelMatcher>? shelf, StoredObject item) =>
        shelf is null ? [] : shelf.Where(entry => entry.Value.Matches(item.Labels)).Select(entry => entry.Key);

    private Dictionary<TItem, LabelMatcher> Shelf(string ns, LabelMatcher matcher)
    {
        if (matcher.Demands is not { } demanded)
        {
            return Of(_others, ns);
        }

        return Of(_demanding, (ns, demanded.Key, demanded.Value));
    }

    private static Dictionary<TItem, LabelMatcher> Of<TKey>(Dictionary<TKey, Dictionary<TItem, LabelMatcher>> shelves, TKey key)
        where TKey : notnull
    {
        if (!shelves.TryGetValue(key, out var shelf))
        {
            shelves[key] = shelf = [];
        }

        return shelf;
    }
}
