using VmNodeOps.Cluster;

namespace VmNodeOps.Tool;

/// <summary>Which exit code fits what happened.</summary>
internal static class ExitCodes
{
    /// <summary>Codes of outcomes and findings that mean a missing right; the causes of <see cref="ClusterException"/> among them, because a run passes them on by name.</summary>
    private static readonly HashSet<string> Rights =
        ["MissingRight", "MissingRights", nameof(ClusterErrorCause.Forbidden), nameof(ClusterErrorCause.Unauthorized)];

    private static readonly HashSet<string> Holders = ["NodeHeld", "HeldByAnother"];

    public static ExitCode Of(ClusterException exception) => exception.Cause switch
    {
        ClusterErrorCause.BadConfiguration or ClusterErrorCause.NotFound => ExitCode.Usage,
        ClusterErrorCause.Forbidden or ClusterErrorCause.Unauthorized => ExitCode.NotPermitted,
        ClusterErrorCause.Timeout => ExitCode.TimedOut,
        ClusterErrorCause.Unsupported => ExitCode.Refused,
        _ => ExitCode.Failed,
    };

    public static ExitCode Of(MaintenancePlan plan) => plan.IsRefused ? Refusal(plan.Steps.SelectMany(step => step.Findings)) : ExitCode.Done;

    public static ExitCode Of(MaintenanceReport report) => report.Result switch
    {
        MaintenanceResult.Succeeded => ExitCode.Done,
        MaintenanceResult.Refused => Refusal(report.Findings),
        MaintenanceResult.TimedOut => ExitCode.TimedOut,
        MaintenanceResult.Cancelled => ExitCode.Cancelled,
        _ => OfUnfinished(report),
    };

    private static ExitCode OfUnfinished(MaintenanceReport report)
    {
        var codes = report.Steps.Select(step => step.Outcome.Code).ToList();
        if (codes.Any(Rights.Contains))
        {
            return ExitCode.NotPermitted;
        }

        if (codes.Any(Holders.Contains))
        {
            return ExitCode.HeldByAnother;
        }

        if (report.VirtualMachines.Any(HasMoved))
        {
            return ExitCode.DoneInPart;
        }

        return report.Result == MaintenanceResult.Blocked ? ExitCode.Refused : ExitCode.Failed;
    }

    private static ExitCode Refusal(IEnumerable<Finding> findings)
    {
        var codes = findings.Where(finding => finding.Severity == FindingSeverity.Refusal).Select(finding => finding.Code).ToList();
        return codes.Any(Rights.Contains) ? ExitCode.NotPermitted : codes.Any(Holders.Contains) ? ExitCode.HeldByAnother : ExitCode.Refused;
    }

    private static bool HasMoved(VirtualMachineReport machine) =>
        machine.Outcome is VirtualMachineOutcome.Migrated or VirtualMachineOutcome.Restarted or VirtualMachineOutcome.StaysDown;
}
