using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What should be known before a node is taken out of service.</summary>
internal static class OutOfServiceFindings
{
    private const int Named = 10;

    public static IEnumerable<Finding> Of(Node node, ServerVersion version, IReadOnlyList<Pod> pods, IReadOnlyList<Pod> going)
    {
        if (version is { Major: 1, Minor: < OutOfServiceTaint.SinceMinor })
        {
            yield return new Finding
            {
                Severity = FindingSeverity.Refusal,
                Code = "OutOfServiceUnknown",
                Message = $"Kubernetes {version.Text} does not heed the taint {OutOfServiceTaint.Key} by itself (it does since 1.{OutOfServiceTaint.SinceMinor}): the pods would hang as they do now.",
                Lift = "Recover by force delete.",
            };
        }

        if (node.Taints.FirstOrDefault(static taint => taint.Key == OutOfServiceTaint.Key && !OutOfServiceTaint.IsOurs(taint)) is { } foreign)
        {
            yield return new Finding
            {
                Severity = FindingSeverity.Note,
                Code = "OutOfServiceByOthers",
                Message = $"Somebody has marked node {node.Name} as out of service ({foreign.Key}={foreign.Value}:{foreign.Effect}); that taint is not taken off.",
            };
        }

        if (pods.FirstOrDefault(static pod => LauncherPods.IsLauncher(pod) && !pod.IsFinished && !OutOfServiceRelease.Goes(pod)) is { } stays)
        {
            yield return new Finding
            {
                Severity = FindingSeverity.Refusal,
                Code = "ToleratesOutOfService",
                Message = $"VM {LauncherPods.InstanceOf(stays)} tolerates the taint {OutOfServiceTaint.Key}, so that Kubernetes would leave its pod {stays.Name} where it is.",
                Lift = "Recover by force delete.",
                Object = Refer.To(stays),
            };
        }

        var others = going.Where(static pod => !VolumeUsers.GoesWithMachine(pod)).Select(static pod => pod.Name.ToString()).Order(StringComparer.Ordinal).ToList();
        if (others.Count > 0)
        {
            yield return new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "RemovesOtherPods",
                Message = $"{others.Count} {(others.Count == 1 ? "pod that is" : "pods that are")} no virtual machine's {(others.Count == 1 ? "goes" : "go")} too: "
                    + $"{string.Join(", ", others.Take(Named))}{(others.Count > Named ? $" and {others.Count - Named} more" : "")}.",
                Lift = "To release virtual machines only, recover by force delete.",
            };
        }
    }
}
