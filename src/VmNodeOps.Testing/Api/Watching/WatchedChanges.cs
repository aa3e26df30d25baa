using System.Globalization;
using VmNodeOps.Testing.Api.Selectors;
using VmNodeOps.Testing.Api.Storage;

namespace VmNodeOps.Testing.Api.Watching;

/// <summary>Turns changes of the store into the events of one watch: what its selectors do not see comes and goes.</summary>
internal sealed class WatchedChanges(ObjectFilter filter, long after, WatchStream stream) : IChangeListener
{
    public void Changed(ObjectChange change)
    {
        // A watch may begin in the future; it hears only of what comes after that.
        if (change.Object.Revision > after && Frame(change) is { } frame)
        {
            stream.Enqueue(frame);
        }
    }

    /// <summary>What happened before the watch was opened; it is sent however much it is.</summary>
    public void Replay(ObjectChange change)
    {
        if (Frame(change) is { } frame)
        {
            stream.Enqueue(frame, isInitial: true);
        }
    }

    private WatchFrame? Frame(ObjectChange change)
    {
        var sawIt = change.Previous is not null && filter.Matches(change.Previous);
        var seesIt = change.Kind != ChangeKind.Deleted && filter.Matches(change.Object);
        return (sawIt, seesIt) switch
        {
            (false, true) => new WatchFrame("ADDED", change.Object, null),
            (true, true) => new WatchFrame("MODIFIED", change.Object, null),
            (true, false) => new WatchFrame("DELETED", Leaving(change), null),
            _ => null,
        };
    }

    /// <summary>What leaves the selectors is shown as it last was inside them, at the revision of the change.</summary>
    private static StoredObject Leaving(ObjectChange change)
    {
        if (change.Kind == ChangeKind.Deleted)
        {
            return change.Object;
        }

        var json = change.Previous!.Json.DeepClone().AsObject();
        json["metadata"]!["resourceVersion"] = change.Object.Revision.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(change.Object.Type, json, change.Object.Revision);
    }
}
