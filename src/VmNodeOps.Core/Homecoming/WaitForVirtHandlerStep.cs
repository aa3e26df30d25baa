using System.Globalization;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Waits until KubeVirt may use the node again: virt-handler has told its heartbeat since the node is Ready, and machines may be scheduled there.</summary>
/// <remarks>
/// After a crash the label may still say that machines may be scheduled, from before: virt-handler takes it off only when it ends in good order, and virt-controller only after five minutes
/// without a heartbeat. So the heartbeat has to be newer than the node's Ready; both are times of the node's own clock.
/// </remarks>
internal sealed class WaitForVirtHandlerStep : IRememberedStep
{
    private const string Schedulable = "kubevirt.io/schedulable";
    private const string Heartbeat = "kubevirt.io/heartbeat";

    public string Name => "wait-for-virt-handler";

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var reading = await JournalReading.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        var isOfKubeVirt = context.Node.Labels.ContainsKey(Schedulable) || context.Node.Annotations.ContainsKey(Heartbeat) || reading?.Journal?.Machines.Count > 0;
        return new StepPlan
        {
            Step = Name,
            Rights = NodeRights.Watching(context.Node.Name),
            Actions = isOfKubeVirt
                ?
                [
                    new PlannedAction
                    {
                        Kind = ActionKind.Wait,
                        What = $"wait until virt-handler serves node {context.Node.Name}",
                        Why = $"Until its heartbeat is newer than the node's Ready and {Schedulable} is true, no machine starts there or moves there.",
                    },
                ]
                : [],
        };
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Plan.Actions.Count == 0)
        {
            return StepOutcome.Skipped("KubeVirt does not use this node");
        }

        var node = await context.Node.WaitUntilAsync(static node => node is null || WhyNot(node) is null, cancellationToken).ConfigureAwait(false);
        return node is null
            ? StepOutcome.Blocked("NodeDeleted", $"Node {context.Node.Planned.Name} was deleted while its return was awaited. When it has registered again, run this again.")
            : StepOutcome.Succeeded("virt-handler serves it");
    }

    public string? DescribePending(StepContext context) => context.Node.Current is { } node && WhyNot(node) is { } why
        ? $"virt-handler does not serve node {node.Name}: {why}. Look at its pod: kubectl get pods -A -l kubevirt.io=virt-handler --field-selector spec.nodeName={node.Name}.{Keeping(node)}"
        : null;

    /// <summary>A DaemonSet's pod that was removed does not come back to a node with a taint that it does not tolerate.</summary>
    private static string Keeping(Node node)
    {
        var taints = node.Taints.Where(taint => taint.Effect is "NoSchedule" or "NoExecute" && !taint.Key.StartsWith("node.kubernetes.io/", StringComparison.Ordinal)).Select(taint => taint.Key).ToList();
        return taints.Count == 0 ? "" : $" The node's taints may keep it away: {string.Join(", ", taints)}.";
    }

    private static string? WhyNot(Node node)
    {
        if (node.Labels.GetValueOrDefault(Schedulable) != "true")
        {
            return $"label {Schedulable} is '{node.Labels.GetValueOrDefault(Schedulable)}'";
        }

        if (!DateTimeOffset.TryParse(node.Annotations.GetValueOrDefault(Heartbeat), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var beat))
        {
            return $"annotation {Heartbeat} tells no time";
        }

        var ready = node.Conditions.FirstOrDefault(condition => condition.Type == "Ready");
        return ready is not { Status: ConditionStatus.True } ? "the node is not Ready"
            : ready.LastTransitionAt is { } since && beat < since ? $"its last heartbeat, at {beat:u}, is from before the node became Ready at {since:u}"
            : null;
    }
}
