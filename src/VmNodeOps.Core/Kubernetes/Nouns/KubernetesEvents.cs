using System.Text.Json.Nodes;
using VmNodeOps.Cluster;
using VmNodeOps.Kubernetes.Transport;
using VmNodeOps.Kubernetes.Wire;

namespace VmNodeOps.Kubernetes.Nouns;

/// <summary>Events over HTTPS.</summary>
internal sealed class KubernetesEvents(ApiGateway gateway, IServer server) : KubernetesReader<EventDto, ClusterEvent>(gateway, Resources.Events), IClusterEvents
{
    private const string Component = "vmnodeops";
    private const int LongestMessage = 1024;

    public async Task CreateAsync(EventDraft draft, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentException.ThrowIfNullOrWhiteSpace(draft.Reason);
        var regarding = draft.Regarding;
        var ns = regarding.Name.Namespace ?? "default";
        var now = Writes.Time(await server.GetTimeAsync(cancellationToken).ConfigureAwait(false));
        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["generateName"] = $"{Shortened(regarding.Name.Name)}.", ["namespace"] = ns },
            ["involvedObject"] = About(regarding),
            ["reason"] = draft.Reason,
            ["message"] = Cut(draft.Message),
            ["type"] = draft.IsWarning ? "Warning" : "Normal",
            ["firstTimestamp"] = now,
            ["lastTimestamp"] = now,
            ["count"] = 1,
            ["source"] = new JsonObject { ["component"] = Component },
            ["reportingComponent"] = Component,
        };
        await Gateway.SendAsync(Writes.Create(Kind, ns, body, options: null, $"record the event {draft.Reason} about {regarding.Kind} {regarding.Name}"), cancellationToken)
            .ConfigureAwait(false);
    }

    private static JsonObject About(ObjectReference regarding)
    {
        var about = new JsonObject { ["apiVersion"] = regarding.ApiVersion, ["kind"] = regarding.Kind, ["name"] = regarding.Name.Name };
        if (regarding.Name.Namespace is { } ns)
        {
            about["namespace"] = ns;
        }

        if (regarding.Uid.Length > 0)
        {
            about["uid"] = regarding.Uid;
        }

        return about;
    }

    /// <summary>The server adds five characters to a generated name and cuts what is too long, not always at a place where a name may end.</summary>
    private static string Shortened(string name) => name.Length <= 240 ? name : name[..240].TrimEnd('.', '-');

    private static string Cut(string message)
    {
        if (message.Length <= LongestMessage)
        {
            return message;
        }

        var end = char.IsHighSurrogate(message[LongestMessage - 2]) ? LongestMessage - 2 : LongestMessage - 1;
        return $"{message[..end]}…";
    }
}
