using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary><c>status.stateChangeRequests</c> of a machine: what start, stop and restart leave for virt-controller to do.</summary>
internal static class StateRequests
{
    public const string Start = "Start";
    public const string Stop = "Stop";

    public static string? First(StoredObject machine) =>
        machine.Json.At("status.stateChangeRequests") is JsonArray { Count: > 0 } requests ? requests[0].Text("action") : null;

    public static void Write(IClusterApi api, StoredObject machine, params string[] actions) => api.Modify(
        ResourceTypes.VirtualMachines,
        machine.Namespace,
        machine.Name,
        json => json.Child("status")["stateChangeRequests"] =
            new JsonArray([.. actions.Select(action => new JsonObject { ["action"] = action })]),
        machine.Uid);

    public static void RemoveFirst(IClusterApi api, StoredObject machine) => api.Modify(
        ResourceTypes.VirtualMachines,
        machine.Namespace,
        machine.Name,
        json =>
        {
            if (json.At("status.stateChangeRequests") is JsonArray { Count: > 1 } requests)
            {
                requests.RemoveAt(0);
            }
            else
            {
                json.Child("status").Remove("stateChangeRequests");
            }
        },
        machine.Uid);
}
