using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>What a drain would run into, as far as it can be seen before it begins.</summary>
/// <remarks>What would leave a machine down is refused; what would only keep the drain waiting is a warning. The scheduler decides in the end, so capacity never refuses.</remarks>
internal static class Preflight
{
    public static AccessQuestion[] Rights { get; } =
    [
        new() { Verb = "list", Group = "", Resource = "nodes" },
        new() { Verb = "list", Group = "policy", Resource = "poddisruptionbudgets" },
    ];

    public static async Task<StepPlan> AddAsync(
        StepPlan plan, PlanningContext context, DrainOptions options, IReadOnlyList<MachineExpectation> machines, Snapshot<Pod> pods,
        CancellationToken cancellationToken)
    {
        if (!options.Preflight.IsOn)
        {
            return plan;
        }

        plan = plan with { Rights = [.. plan.Rights, .. Rights] };
        if (machines.Count == 0 && pods.Items.Count == 0)
        {
            // An empty node needs no other one.
            return plan;
        }

        var findings = new List<Finding>();
        if (await TryReadAsync(() => OtherNodes.ReadAsync(context, machines, cancellationToken), "the other nodes", findings).ConfigureAwait(false) is { } others)
        {
            var companions = others.Nodes.Count(node => context.Companions.Contains(node.Name.Name));
            findings.AddRange(NodeFindings.Of(context.Node, others.Nodes, others.ControlPlane, companions, context.Handover.Find<NodeInventory>()?.KubeVirt));
            findings.AddRange(others.Placements.Make(options.Preflight));
        }

        findings.AddRange(MigrationWaves.Of(machines, context.Handover.Find<NodeInventory>()?.KubeVirt, options.Preflight, context.Options.Timeout));
        var evicted = BudgetFindings.Evicted(plan, pods, machines).ToList();
        foreach (var selection in Namespaces(evicted))
        {
            if (await TryReadAsync(() => context.Cluster.DisruptionBudgets.ListAsync(selection, cancellationToken), "disruption budgets", findings).ConfigureAwait(false) is { } budgets)
            {
                findings.AddRange(BudgetFindings.Of(evicted, budgets.Items));
            }
        }

        return plan with { Findings = [.. plan.Findings, .. findings] };
    }

    /// <summary>A few namespaces are asked for one by one, many at once.</summary>
    private static IEnumerable<Selection> Namespaces(IReadOnlyList<Pod> pods)
    {
        var namespaces = pods.Select(pod => pod.Name.Namespace!).Distinct().Order(StringComparer.Ordinal).ToList();
        return namespaces.Count <= 3 ? namespaces.Select(Selection.InNamespace) : [Selection.All];
    }

    /// <summary>Looking ahead is no condition of the drain itself: what may not be read is told and left out.</summary>
    private static async Task<T?> TryReadAsync<T>(Func<Task<T>> read, string what, List<Finding> findings)
        where T : class
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (ClusterException exception) when (exception.Cause == ClusterErrorCause.Forbidden)
        {
            findings.Add(new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "NotLookedAhead",
                Message = $"Nothing is known beforehand of {what}: {exception.Message}",
                Lift = "Grant the right to list them, or set Preflight.IsOn to false.",
            });
            return null;
        }
    }
}
