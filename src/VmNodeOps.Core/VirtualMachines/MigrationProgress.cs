using System.Globalization;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Judges how far a marked machine is that KubeVirt is to migrate off its node. Pure.</summary>
/// <remarks>
/// KubeVirt makes a new migration by itself when one has failed, and keeps it Pending: 20 seconds after the first failure, twice as long after each further one. As it keeps
/// five finished migrations of an instance, 320 seconds are the longest.
/// </remarks>
internal static class MigrationProgress
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(20);

    public static MachineStanding Judge(MachineExpectation before, MachineNow now, VirtualMachineInstance instance)
    {
        var current = now.Migrations.LastOrDefault(migration => !migration.IsFinal);
        var failures = FailuresBefore(now.Migrations, current, before.NodeName);
        var failed = failures.Count == 0 ? "" : $" {Attempts(failures.Count)} failed{Reason(failures[^1], instance)}.";
        return current?.Phase switch
        {
            null => Underway(MachineStage.Marked, $"To be migrated; KubeVirt has not begun.{failed}"),
            MigrationPhase.Pending when Rejection(current) is { } rejection => Underway(MachineStage.TargetUnschedulable, $"Its migration cannot begin: {rejection}{failed}"),
            MigrationPhase.Pending when failures.Count > 0 => Underway(MachineStage.BackingOff, $"Waits before its migration is tried again.{failed} {BackOff(failures.Count)}"),
            MigrationPhase.Pending => Underway(MachineStage.Queued, "Waits for its turn to migrate."),
            MigrationPhase.Scheduling when Unschedulable(now.TargetPod) is { } why => Underway(
                MachineStage.TargetUnschedulable, $"No node takes the pod that is to receive it ({why}).{failed}"),
            MigrationPhase.Scheduling => Underway(MachineStage.TargetStarting, $"Its migration's target pod waits for a node, or starts.{failed}"),
            MigrationPhase.Running => Underway(MachineStage.Migrating, $"Its migration is in phase {current.Phase}.{failed}"),
            var phase => Underway(MachineStage.TargetStarting, $"Its migration is in phase {phase}.{failed}"),
        };
    }

    /// <summary>What the scheduler says against a pod; null if it says nothing against it.</summary>
    public static string? Unschedulable(Pod? pod) =>
        pod?.Conditions.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: ConditionStatus.False }) is { } condition
            ? $"{condition.Reason}: {condition.Message}".Trim(' ', ':').TrimEnd('.')
            : null;

    /// <summary>The evacuation migrations that failed without one between that succeeded, before the unfinished one.</summary>
    private static List<Migration> FailuresBefore(IReadOnlyList<Migration> migrations, Migration? current, string nodeName) =>
        [.. migrations
            .Where(migration => migration.Uid != current?.Uid && migration.EvacuatedNode == nodeName)
            .Reverse()
            .TakeWhile(migration => migration.Phase == MigrationPhase.Failed)
            .Reverse()];

    private static string? Rejection(Migration migration) =>
        migration.Conditions.FirstOrDefault(condition => condition.Status == ConditionStatus.True && condition.Type.StartsWith("migrationRejected", StringComparison.OrdinalIgnoreCase)) is { } condition
            ? $"{condition.Reason}: {condition.Message}".Trim(' ', ':').TrimEnd('.') + "."
            : null;

    private static string Attempts(int count) => count == 1 ? "The last attempt" : $"The last {count.ToString(CultureInfo.InvariantCulture)} attempts";

    /// <summary>Why a migration failed, with a colon before it; empty if nobody tells.</summary>
    public static string Reason(Migration failed, VirtualMachineInstance? instance)
    {
        var reason = failed.State?.FailureReason is { Length: > 0 } own ? own
            : instance?.Migration is { Failed: true } state && state.MigrationUid == failed.Uid ? state.FailureReason : "";
        return reason.Length == 0 ? "" : $": {reason.TrimEnd('.')}";
    }

    private static string BackOff(int failures)
    {
        var wait = FirstBackOff * Math.Pow(2, Math.Min(failures, 5) - 1);
        return string.Create(CultureInfo.InvariantCulture, $"KubeVirt waits {wait.TotalSeconds:0} s after that.");
    }

    private static MachineStanding Underway(MachineStage stage, string message) =>
        new() { Outcome = VirtualMachineOutcome.Moving, Stage = stage, Message = message };
}
