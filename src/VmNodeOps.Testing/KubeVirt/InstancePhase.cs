using System.Text.Json.Nodes;
using VmNodeOps.Testing.Api;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>The phase of an instance or a migration, with the list of when it was reached.</summary>
internal static class InstancePhase
{
    public static string? Of(StoredObject stored) => stored.Phase;

    public static bool IsFinal(StoredObject stored) => Of(stored) is "Succeeded" or "Failed";

    public static void Set(JsonObject json, string phase, TimeProvider time)
    {
        var status = json.Child("status");
        status["phase"] = phase;
        status.Items("phaseTransitionTimestamps").AddNode(
            new JsonObject { ["phase"] = phase, ["phaseTransitionTimestamp"] = time.Stamp() });
    }

    /// <summary>The end of an instance leaves no mark in the list of phases.</summary>
    public static void SetFinal(JsonObject json, string phase) => json.Child("status")["phase"] = phase;
}
