using System.Globalization;
using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.Api.Watching;

/// <summary>The events that carry nothing but a resourceVersion to resume from.</summary>
internal static class Bookmarks
{
    /// <param name="endsInitialEvents">The one that says that all initial events have been sent.</param>
    public static WatchFrame Create(ResourceType type, long revision, bool endsInitialEvents = false)
    {
        var metadata = new JsonObject();
        if (type.Custom)
        {
            metadata["creationTimestamp"] = null;
        }

        metadata["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
        if (endsInitialEvents)
        {
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        }

        var body = new JsonObject { ["kind"] = type.Kind, ["apiVersion"] = type.ApiVersion, ["metadata"] = metadata };
        AddEmptyParts(type, body);
        return new WatchFrame("BOOKMARK", null, body);
    }

    /// <summary>The zero values of a Go type, as far as they are not left out when empty.</summary>
    private static void AddEmptyParts(ResourceType type, JsonObject body)
    {
        if (type.Custom)
        {
            return;
        }

        if (ReferenceEquals(type, ResourceTypes.Pods))
        {
            body["spec"] = new JsonObject { ["containers"] = null };
            body["status"] = new JsonObject();
        }
        else if (ReferenceEquals(type, ResourceTypes.Nodes))
        {
            body["spec"] = new JsonObject();
            body["status"] = new JsonObject
            {
                ["daemonEndpoints"] = new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = 0 } },
                ["nodeInfo"] = NoNodeInfo(),
            };
        }
        else if (type.HasStatus)
        {
            body["spec"] = new JsonObject();
            body["status"] = new JsonObject();
        }
    }

    private static JsonObject NoNodeInfo()
    {
        var info = new JsonObject();
        foreach (var member in (string[])
            [
                "machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "containerRuntimeVersion", "kubeletVersion", "kubeProxyVersion",
                "operatingSystem", "architecture",
            ])
        {
            info[member] = "";
        }

        return info;
    }
}
