using System.Globalization;
using VmNodeOps.Testing.Api.Rest;
using VmNodeOps.Testing.Api.Selectors;
using VmNodeOps.Testing.Api.Storage;
using VmNodeOps.Testing.Api.Writing;

namespace VmNodeOps.Testing.Api.Watching;

/// <summary>Opens watches, and can end all of them.</summary>
internal sealed class WatchVerb(ObjectStore store, ServerFeatures features, NameSource random, SimulatedTime time)
{
    private static readonly TimeSpan ShortestDefault = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LongestDefault = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan BookmarkPeriod = TimeSpan.FromMinutes(1);

    private readonly HashSet<WatchStream> _open = [];

    public int OpenCount
    {
        get
        {
            lock (store.Gate)
            {
                return _open.Count;
            }
        }
    }

    public WatchAnswer Watch(ApiCall call)
    {
        var filter = ObjectFilter.Of(call);
        var options = ListOptions.Of(call, isWatch: true, features.WatchList);
        lock (store.Gate)
        {
            if (options.SendInitialEvents == true && options.ResourceVersion > store.Revision)
            {
                throw ApiErrors.TooLargeResourceVersion(options.ResourceVersion.Value, store.Revision, ListVerb.FutureWait);
            }

            var stream = new WatchStream(time, features.WatchBuffer);
            if (options.ResourceVersion is { } version && IsTooOld(call.Type, version, options))
            {
                stream.Enqueue(TooOld(call.Type, version));
                stream.End();
                return new WatchAnswer(call.Type, stream);
            }

            Begin(call.Type, filter, options, stream);
            return new WatchAnswer(call.Type, stream);
        }
    }

    /// <summary>Ends every open watch cleanly and without an error, as a server does that sheds load or restarts.</summary>
    public void EndAll()
    {
        WatchStream[] open;
        lock (store.Gate)
        {
            open = [.. _open];
        }

        foreach (var stream in open)
        {
            stream.End();
        }
    }

    private bool IsTooOld(ResourceType type, long version, ListOptions options) =>
        version != 0 && options.SendInitialEvents != true && version < store.Table(type).History.DroppedThrough;

    private void Begin(ResourceType type, ObjectFilter filter, ListOptions options, WatchStream stream)
    {
        var table = store.Table(type);
        var after = options.ResourceVersion ?? 0;
        var changes = new WatchedChanges(filter, options.SendInitialEvents == true ? 0 : after, stream);
        if (options.SendInitialEvents ?? after == 0)
        {
            SendInitialEvents(type, filter, options, stream);
        }
        else if (after > 0)
        {
            for (var index = table.History.IndexAfter(after); index < table.History.Count; index++)
            {
                changes.Replay(table.History[index]);
            }
        }

        table.Listeners = table.Listeners.Add(changes);
        _open.Add(stream);
        stream.OnClose(() => Forget(table, changes, stream));
        SetTimers(type, options, stream);
    }

    private void SendInitialEvents(ResourceType type, ObjectFilter filter, ListOptions options, WatchStream stream)
    {
        var snapshot = store.Take(type);
        foreach (var stored in snapshot.List(filter.Namespace))
        {
            if (filter.Matches(stored))
            {
                stream.Enqueue(new WatchFrame("ADDED", stored, null), isInitial: true);
            }
        }

        if (options is { SendInitialEvents: true, AllowWatchBookmarks: true })
        {
            stream.Enqueue(Bookmarks.Create(type, snapshot.Revision, endsInitialEvents: true), isInitial: true);
        }
    }

    private void SetTimers(ResourceType type, ListOptions options, WatchStream stream)
    {
        var length = options.Timeout ?? random.Between(ShortestDefault, LongestDefault);
        stream.Own(time.After(length, stream.End));
        if (!options.AllowWatchBookmarks)
        {
            return;
        }

        stream.Own(time.Every(BookmarkPeriod, () => Bookmark(type, stream)));
        foreach (var before in (int[])[2, 1])
        {
            // Just before its end, so that the client resumes without a gap that history may no longer cover.
            if (length - TimeSpan.FromSeconds(before) is { Ticks: > 0 } moment)
            {
                stream.Own(time.After(moment, () => Bookmark(type, stream)));
            }
        }
    }

    /// <summary>Under the store's lock every event up to this revision is in the stream already.</summary>
    private void Bookmark(ResourceType type, WatchStream stream)
    {
        lock (store.Gate)
        {
            stream.Enqueue(Bookmarks.Create(type, store.Revision));
        }
    }

    private void Forget(TypeTable table, WatchedChanges changes, WatchStream stream)
    {
        lock (store.Gate)
        {
            table.Listeners = table.Listeners.Remove(changes);
            _open.Remove(stream);
        }
    }

    private WatchFrame TooOld(ResourceType type, long version)
    {
        var oldest = store.Table(type).History.DroppedThrough;
        var status = ApiErrors.Expired(string.Create(CultureInfo.InvariantCulture, $"too old resource version: {version} ({oldest})"));
        return new WatchFrame("ERROR", null, status.Status);
    }
}
