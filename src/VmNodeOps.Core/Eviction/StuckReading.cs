using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Looks up what a cause needs that no watch of the drain shows. A few reads, once per pod that gets no further.</summary>
internal static class StuckReading
{
    public static async Task<StuckFacts> AddAsync(StuckFacts facts, StepContext context, CancellationToken cancellationToken)
    {
        try
        {
            return facts.Decision is EvictionDecision.Wait { Code: "Budget" }
                ? facts with { Budgets = await BudgetsAsync(facts.Pod, context.Cluster, cancellationToken).ConfigureAwait(false) }
                : facts.Instance is { } instance && facts.Decision is EvictionDecision.Wait { Code: "Evacuating" or "Migrating" or "MigrationTarget" }
                    ? await WithLaunchersAsync(facts, instance, context.Cluster, cancellationToken).ConfigureAwait(false)
                    : facts;
        }
        catch (ClusterException)
        {
            // The cause is then told without the details that could not be read; the trouble itself shows where it matters.
            return facts;
        }
    }

    private static async Task<IReadOnlyList<DisruptionBudget>> BudgetsAsync(Pod pod, ClusterReads cluster, CancellationToken cancellationToken)
    {
        var budgets = await cluster.DisruptionBudgets.ListAsync(Selection.InNamespace(pod.Name.Namespace!), cancellationToken).ConfigureAwait(false);
        return [.. budgets.Items.Where(budget => budget.Selector?.Matches(pod.Labels) == true).OrderBy(budget => budget.DisruptionsAllowed).ThenBy(budget => budget.Name)];
    }

    /// <summary>KubeVirt begins no migration of an instance that has a second pod which looks alive; on a node that died, it looks so for ever.</summary>
    private static async Task<StuckFacts> WithLaunchersAsync(
        StuckFacts facts, VirtualMachineInstance instance, ClusterReads cluster, CancellationToken cancellationToken)
    {
        var selection = new Selection { Namespace = instance.Name.Namespace, Labels = $"{LauncherPods.Selector},{LauncherPods.InstanceLabel}={instance.Uid}" };
        var pods = await cluster.Pods.ListAsync(selection, cancellationToken).ConfigureAwait(false);
        var launchers = pods.Items.Where(static pod => !pod.IsFinished).ToList();
        var dead = new List<string>();
        foreach (var name in launchers.Select(static pod => pod.NodeName).OfType<string>().Where(name => name != facts.Pod.NodeName).Distinct())
        {
            var node = await cluster.Nodes.FindAsync(new ObjectName(name), cancellationToken).ConfigureAwait(false);
            if (node is not { Ready: ConditionStatus.True })
            {
                dead.Add(name);
            }
        }

        return facts with { Launchers = launchers, DeadNodes = dead };
    }
}
