using VmNodeOps.Cluster;

namespace VmNodeOps.Tool;

/// <summary>Which exit code fits what happened.</summary>
internal static class ExitCodes
{
    /// <summary>A run passes the cause of a <see cref="ClusterException"/> on as the code of its step.</summary>
    private static readonly HashSet<string> Rights = [nameof(ClusterErrorCause.Forbidden), nameof(ClusterErrorCause.Unauthorized)];

    public static ExitCode Of(ClusterException exception) => exception.Cause switch
    {
        ClusterErrorCause.BadConfiguration or ClusterErrorCause.NotFound => ExitCode.Usage,
        ClusterErrorCause.Forbidden or ClusterErrorCause.Unauthorized => ExitCode.NotPermitted,
        ClusterErrorCause.Timeout => ExitCode.TimedOut,
        ClusterErrorCause.Unsupported => ExitCode.Refused,
        _ => ExitCode.Failed,
    };

    public static ExitCode Of(MaintenancePlan plan) => plan.IsRefused ? ExitCode.Refused : ExitCode.Done;

    public static ExitCode Of(MaintenanceReport report) => report.Result switch
    {
        MaintenanceResult.Succeeded => ExitCode.Done,
        MaintenanceResult.Refused => ExitCode.Refused,
        MaintenanceResult.HeldByAnother => ExitCode.HeldByAnother,
        MaintenanceResult.TimedOut => ExitCode.TimedOut,
        MaintenanceResult.Cancelled => ExitCode.Cancelled,
        _ => OfUnfinished(report),
    };

    private static ExitCode OfUnfinished(MaintenanceReport report)
    {
        if (report.Steps.Any(step => Rights.Contains(step.Outcome.Code)))
        {
            return ExitCode.NotPermitted;
        }

        if (report.VirtualMachines.Any(HasMoved))
        {
            return ExitCode.DoneInPart;
        }

        return report.Result == MaintenanceResult.Blocked ? ExitCode.Refused : ExitCode.Failed;
    }

    private static bool HasMoved(VirtualMachineReport machine) =>
        machine.Outcome is VirtualMachineOutcome.Moving or VirtualMachineOutcome.Migrated or VirtualMachineOutcome.Restarted or VirtualMachineOutcome.StaysDown;
}
