using System.Collections.Immutable;
using Objects = System.Collections.Immutable.ImmutableSortedDictionary<string, VmNodeOps.Testing.Api.StoredObject>;

namespace VmNodeOps.Testing.Api.Storage;

/// <summary>One state of a table. Keeping it costs nothing, for the tables are persistent trees; lists are made when first asked for.</summary>
internal sealed class SnapshotContent(ImmutableSortedDictionary<string, Objects> byNamespace)
{
    private readonly Dictionary<string, StoredObject[]> _lists = new(StringComparer.Ordinal);
    private StoredObject[]? _all;

    public StoredObject[] List(string? ns)
    {
        lock (_lists)
        {
            if (ns is null)
            {
                return _all ??= [.. byNamespace.Values.SelectMany(objects => objects.Values)];
            }

            if (!_lists.TryGetValue(ns, out var list))
            {
                list = byNamespace.TryGetValue(ns, out var objects) ? [.. objects.Values] : [];
                _lists.Add(ns, list);
            }

            return list;
        }
    }
}
