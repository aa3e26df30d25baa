using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Disruption budgets that stand against an eviction for good.</summary>
internal static class BudgetFindings
{
    /// <summary>The pods whose eviction a budget decides: of a machine that migrates KubeVirt answers before it, and its source pod has ended when it is removed.</summary>
    public static IEnumerable<Pod> Evicted(StepPlan plan, Snapshot<Pod> pods, IReadOnlyList<MachineExpectation> machines)
    {
        var evicted = plan.Actions.Where(action => action.Kind == ActionKind.Evict).Select(action => action.Target!.Uid).ToHashSet();
        var deferred = machines.Where(machine => machine.Fate is VirtualMachineFate.Migrates or VirtualMachineFate.Blocks or VirtualMachineFate.External or VirtualMachineFate.Unaffected)
            .SelectMany(machine => machine.Before.Pods).Select(pod => pod.Pod.Uid).ToHashSet();
        return pods.Items.Where(pod => evicted.Contains(pod.Uid) && !deferred.Contains(pod.Uid) && !pod.IsFinished && !pod.IsDeleting);
    }

    public static IEnumerable<Finding> Of(IReadOnlyList<Pod> pods, IReadOnlyList<DisruptionBudget> budgets)
    {
        foreach (var pod in pods)
        {
            var over = budgets.Where(budget => budget.Name.Namespace == pod.Name.Namespace && budget.Selector?.Matches(pod.Labels) == true).ToList();
            if (over.Count > 1)
            {
                yield return Make(
                    pod,
                    "TwoBudgets",
                    $"{over.Count} disruption budgets protect it ({string.Join(", ", over.Select(Numbers))}), and Kubernetes evicts no such pod, whatever they allow.",
                    $"Delete all but one of them, or change a selector: kubectl get poddisruptionbudgets -n {pod.Name.Namespace}");
            }
            else if (over is [var budget] && CanNeverBeMet(budget, pod))
            {
                yield return Make(
                    pod,
                    "BudgetNeverAllows",
                    $"Disruption budget {Numbers(budget)}: with no pod to spare it can never allow an eviction.",
                    $"Give it room, or more pods to count: kubectl edit poddisruptionbudget -n {pod.Name.Namespace} {budget.Name.Name}");
            }
        }
    }

    /// <summary>All its pods must stay, even if every one is healthy. Numbers of an older version of the budget tell nothing.</summary>
    private static bool CanNeverBeMet(DisruptionBudget budget, Pod pod) =>
        budget.ObservedGeneration >= budget.Generation
        && budget is { DisruptionsAllowed: 0, ExpectedPods: > 0 }
        && budget.DesiredHealthy >= budget.ExpectedPods
        && !(budget.AlwaysAllowsUnhealthy && !pod.IsReady);

    private static string Numbers(DisruptionBudget budget) =>
        $"{budget.Name.Name} (needs {budget.DesiredHealthy} of {budget.ExpectedPods} healthy, has {budget.CurrentHealthy}, allows {budget.DisruptionsAllowed})";

    private static Finding Make(Pod pod, string code, string message, string lift) => new()
    {
        Severity = FindingSeverity.Warning,
        Code = code,
        Message = $"{(LauncherPods.IsLauncher(pod) && LauncherPods.InstanceOf(pod) is { } machine ? $"VM {machine}" : $"Pod {pod.Name}")}: {message}",
        Lift = lift,
        Object = Refer.To(pod),
    };
}
