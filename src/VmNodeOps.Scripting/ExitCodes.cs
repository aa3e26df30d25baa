using VmNodeOps.Cluster;

namespace VmNodeOps.Scripting;

/// <summary>Which exit code fits what happened.</summary>
public static class ExitCodes
{
    /// <summary>A run passes the cause of a <see cref="ClusterException"/> on as the code of its step.</summary>
    private static readonly HashSet<string> Rights = [nameof(ClusterErrorCause.Forbidden), nameof(ClusterErrorCause.Unauthorized)];

    /// <summary>What a cluster that could not be read or written to ends with.</summary>
    public static ExitCode Of(ClusterException exception) => exception?.Cause switch
    {
        ClusterErrorCause.BadConfiguration or ClusterErrorCause.NotFound => ExitCode.Usage,
        ClusterErrorCause.Forbidden or ClusterErrorCause.Unauthorized => ExitCode.NotPermitted,
        ClusterErrorCause.Timeout => ExitCode.TimedOut,
        ClusterErrorCause.Unsupported => ExitCode.Refused,
        null => throw new ArgumentNullException(nameof(exception)),
        _ => ExitCode.Failed,
    };

    /// <summary>What a plan that was only shown ends with: <see cref="ExitCode.Refused"/> if it would not run.</summary>
    public static ExitCode Of(MaintenancePlan plan) => (plan ?? throw new ArgumentNullException(nameof(plan))).IsRefused ? ExitCode.Refused : ExitCode.Done;

    /// <summary>What a run ends with.</summary>
    public static ExitCode Of(MaintenanceReport report) => report?.Result switch
    {
        null => throw new ArgumentNullException(nameof(report)),
        MaintenanceResult.Succeeded => ExitCode.Done,
        MaintenanceResult.Refused when report.Findings.Any(finding => finding.Code == "RightsMissing") => ExitCode.NotPermitted,
        MaintenanceResult.Refused => ExitCode.Refused,
        MaintenanceResult.HeldByAnother => ExitCode.HeldByAnother,
        MaintenanceResult.TimedOut => ExitCode.TimedOut,
        MaintenanceResult.Cancelled => ExitCode.Cancelled,
        _ => OfUnfinished(report),
    };

    /// <summary>What several runs end with together: <see cref="ExitCode.DoneInPart"/> if some were done and others were not, otherwise the first that was not done.</summary>
    public static ExitCode Of(IEnumerable<MaintenanceReport> reports) => Together(reports.Select(Of));

    /// <summary>The same of exit codes. None at all is done.</summary>
    internal static ExitCode Together(IEnumerable<ExitCode> codes)
    {
        var all = codes.ToList();
        if (all.Contains(ExitCode.Cancelled))
        {
            return ExitCode.Cancelled;
        }

        var failed = all.FirstOrDefault(code => code != ExitCode.Done);
        return failed != ExitCode.Done && (all.Contains(ExitCode.Done) || all.Contains(ExitCode.DoneInPart)) ? ExitCode.DoneInPart : failed;
    }

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
        machine.Outcome is VirtualMachineOutcome.Moving or VirtualMachineOutcome.Migrated or VirtualMachineOutcome.Restarted
            or VirtualMachineOutcome.Replaced or VirtualMachineOutcome.StaysDown;
}
