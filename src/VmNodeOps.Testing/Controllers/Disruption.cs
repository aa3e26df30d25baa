using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.Controllers;

/// <summary>How controllers take pods away.</summary>
internal static class Disruption
{
    /// <summary>Says in the pod who disrupts it.</summary>
    public static void Mark(JsonObject pod, string now, string reason, string message) =>
        Conditions.Set(pod.Section("status"), "DisruptionTarget", "True", now, reason, message, new JsonObject { ["lastProbeTime"] = null });

    /// <summary>Deletes that very pod; one that is gone already is as well.</summary>
    public static void Delete(IClusterApi api, StoredObject pod, long? graceSeconds)
    {
        try
        {
            api.Delete(ResourceTypes.Pods, pod.Namespace, pod.Name, new DeleteRequest { Uid = pod.Uid, GracePeriodSeconds = graceSeconds });
        }
        catch (ApiErrorException gone) when (gone.Code is 404 or 409)
        {
            // Another object of that name.
        }
    }
}
