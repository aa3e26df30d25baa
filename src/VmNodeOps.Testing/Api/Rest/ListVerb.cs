using VmNodeOps.Testing.Api.Selectors;
using VmNodeOps.Testing.Api.Storage;

namespace VmNodeOps.Testing.Api.Rest;

/// <summary>GET of a collection: whole, or in pages that all show the same revision.</summary>
internal sealed class ListVerb(ObjectStore store, ServerFeatures features)
{
    /// <summary>How long a server waits for a revision that it has not seen before it gives up.</summary>
    public static readonly TimeSpan FutureWait = TimeSpan.FromSeconds(3);

    public ListAnswer List(ApiCall call)
    {
        var filter = ObjectFilter.Of(call);
        var options = ListOptions.Of(call, isWatch: false, features.WatchList);
        lock (store.Gate)
        {
            if (options.Continue is { } text)
            {
                return GoOn(call.Type, filter, options, ContinueToken.Decode(text));
            }

            return First(call.Type, filter, options);
        }
    }

    private ListAnswer First(ResourceType type, ObjectFilter filter, ListOptions options)
    {
        var version = options.ResourceVersion ?? 0;
        if (version > store.Revision)
        {
            throw ApiErrors.TooLargeResourceVersion(version, store.Revision, FutureWait);
        }

        if (options.ResourceVersionMatch == "Exact")
        {
            var past = store.Table(type).TakeAt(version) ?? throw ApiErrors.Expired("The resourceVersion for the provided list is too old.");
            return Page(past, filter, options.Limit, start: 0);
        }

        // Any version will do: the answer comes from the watch cache, which does not page.
        var limit = options.ResourceVersion == 0 ? 0 : options.Limit;
        return FromIndex(type, filter) is { } few && (limit <= 0 || few.Length <= limit)
            ? new ListAnswer(type, few, store.Revision, null, null)
            : Page(store.Take(type), filter, limit, start: 0);
    }

    private ListAnswer GoOn(ResourceType type, ObjectFilter filter, ListOptions options, ContinueToken token)
    {
        if (options.ResourceVersion is not (null or 0))
        {
            throw ApiErrors.BadRequest("specifying resource version is not allowed when using continue");
        }

        var snapshot = token.Revision < 0 ? store.Take(type) : store.Table(type).TakeAt(token.Revision);
        if (snapshot is null || token.Revision > store.Revision)
        {
            throw ExpiredToken(token);
        }

        return Page(snapshot, filter, options.Limit, StartAfter(snapshot.List(filter.Namespace), token.After));
    }

    private static ListAnswer Page(Snapshot snapshot, ObjectFilter filter, int limit, int start)
    {
        var all = snapshot.List(filter.Namespace);
        if (limit <= 0 && start == 0 && !filter.HasSelector)
        {
            return new ListAnswer(snapshot.Type, all, snapshot.Revision, null, null);
        }

        var items = new List<StoredObject>();
        var index = start;
        for (; index < all.Length && (limit <= 0 || items.Count < limit); index++)
        {
            if (filter.Matches(all[index]))
            {
                items.Add(all[index]);
            }
        }

        // A server looks ahead only for matches that make a next page worth asking for.
        while (index < all.Length && !filter.Matches(all[index]))
        {
            index++;
        }

        if (index == all.Length)
        {
            return new ListAnswer(snapshot.Type, items, snapshot.Revision, null, null);
        }

        var token = new ContinueToken(snapshot.Revision, ObjectKey.Of(items[^1])).Encode();
        return new ListAnswer(snapshot.Type, items, snapshot.Revision, token, filter.HasSelector ? null : all.Length - index);
    }

    /// <summary>One name, or the pods of one node: no need to look at all.</summary>
    private StoredObject[]? FromIndex(ResourceType type, ObjectFilter filter)
    {
        if (filter.Fields.Required("metadata.name") is { } name && (filter.Namespace is not null || !type.Namespaced))
        {
            return store.Get(type, filter.Namespace, name) is { } stored && filter.Matches(stored) ? [stored] : [];
        }

        return ReferenceEquals(type, ResourceTypes.Pods) && filter.Fields.Required("spec.nodeName") is { Length: > 0 } node
            ? [.. store.Indexes.OnNode(ResourceTypes.Pods, node).Where(filter.Matches)]
            : null;
    }

    private static int StartAfter(StoredObject[] all, ObjectKey after)
    {
        var low = 0;
        var high = all.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Compare(ObjectKey.Of(all[middle]), after) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static int Compare(ObjectKey left, ObjectKey right)
    {
        var order = string.CompareOrdinal(left.Namespace, right.Namespace);
        return order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
    }

    /// <summary>The refusal carries a token with which the client may go on at another revision, and live with what changed in between.</summary>
    private static ApiErrorException ExpiredToken(ContinueToken token)
    {
        var error = ApiErrors.Expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue " +
            "parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided " +
            "token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was " +
            "returned and now may show up in the list.");
        error.Status["metadata"]!["continue"] = (token with { Revision = -1 }).Encode();
        return error;
    }
}
