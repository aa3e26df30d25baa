using System.Text.Json.Nodes;

namespace VmNodeOps.Testing.KubeVirt;

/// <summary>Writes to <c>status.migrationState</c> of an instance.</summary>
internal static class MigrationState
{
    /// <summary>A failure is completed too: success is completed and not failed.</summary>
    public static void MarkFailed(JsonObject instance, string why, TimeProvider time)
    {
        var state = instance.Child("status").Child("migrationState");
        if (state.Flag("completed"))
        {
            return;
        }

        state["endTimestamp"] ??= time.Stamp();
        state["completed"] = true;
        state["failed"] = true;
        state["failureReason"] = why;
    }
}
