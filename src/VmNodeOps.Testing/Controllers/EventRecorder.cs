using System.Globalization;
using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>Writes Event objects; the same thing said again about the same object raises the count of the event that is there.</summary>
internal sealed class EventRecorder(IClusterApi api, string component, bool enabled = true, string? host = null)
{
    private const int Remembered = 4096;

    private readonly Dictionary<(string Uid, string Type, string Reason, string Message), (string Namespace, string Name)> _said = [];
    private long _sequence;

    public void Normal(StoredObject about, string reason, string message) => Record(about, "Normal", reason, message);

    public void Warning(StoredObject about, string reason, string message) => Record(about, "Warning", reason, message);

    private void Record(StoredObject about, string type, string reason, string message)
    {
        if (!enabled)
        {
            return;
        }

        var key = (about.Uid, type, reason, message);
        if (_said.TryGetValue(key, out var known) && api.Modify(ResourceTypes.Events, known.Namespace, known.Name, Again) is not null)
        {
            return;
        }

        if (_said.Count >= Remembered)
        {
            // client-go's correlator forgets as well: what is said again later becomes a new event.
            _said.Clear();
        }

        for (var attempt = 0; attempt < 100 && !Create(about, type, reason, message, key); attempt++)
        {
        }
    }

    private bool Create(StoredObject about, string type, string reason, string message, (string Uid, string Type, string Reason, string Message) key)
    {
        try
        {
            var made = api.Create(ResourceTypes.Events, Body(about, type, reason, message));
            _said[key] = (made.Namespace!, made.Name);
            return true;
        }
        catch (ApiErrorException refusal)
        {
            // Events are best effort: a namespace that terminates takes none, and nobody's work stops for that. A name that another
            // component took in the same instant is another matter.
            return refusal.Code != 409;
        }
    }

    private void Again(JsonObject json)
    {
        json["count"] = (json.Number("count") ?? 1) + 1;
        json["lastTimestamp"] = api.Time.Stamp();
    }

    private JsonObject Body(StoredObject about, string type, string reason, string message)
    {
        var stamp = api.Time.Stamp();
        var ns = about.Namespace ?? "default";
        var source = new JsonObject { ["component"] = component };
        if (host is not null)
        {
            source["host"] = host;
        }

        var involved = new JsonObject { ["kind"] = about.Type.Kind };
        if (about.Namespace is not null)
        {
            involved["namespace"] = ns;
        }

        involved["name"] = about.Name;
        involved["uid"] = about.Uid;
        involved["apiVersion"] = about.Type.ApiVersion;
        involved["resourceVersion"] = about.Revision.ToString(CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["kind"] = "Event",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject { ["name"] = Name(about), ["namespace"] = ns },
            ["involvedObject"] = involved,
            ["reason"] = reason,
            ["message"] = message,
            ["source"] = source,
            ["firstTimestamp"] = stamp,
            ["lastTimestamp"] = stamp,
            ["count"] = 1,
            ["type"] = type,
            ["eventTime"] = null,
            ["reportingComponent"] = component,
            ["reportingInstance"] = host ?? "",
        };
    }

    /// <summary>Named by the instant, as client-go does; a number of its own keeps two events of one instant apart.</summary>
    private string Name(StoredObject about)
    {
        var nanoseconds = (api.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        return string.Create(CultureInfo.InvariantCulture, $"{about.Name}.{nanoseconds + (++_sequence % 100):x16}");
    }
}
