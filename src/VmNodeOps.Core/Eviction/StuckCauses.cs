using System.Globalization;
using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Names the one cause that keeps a pod on its node, and the next step. Pure.</summary>
internal static class StuckCauses
{
    public static StuckCause Of(StuckFacts facts)
    {
        if (facts.Decision is EvictionDecision.Stuck stuck)
        {
            return new StuckCause(stuck.Code, stuck.Why, stuck.Lift);
        }

        if (facts.Pod.IsDeleting)
        {
            return OfDeletion(facts);
        }

        var wait = facts.Decision as EvictionDecision.Wait;
        return wait?.Code switch
        {
            "Budget" => OfBudget(facts, wait),
            "WebhookDown" => new StuckCause(
                "WebhookDown", wait.Why, "KubeVirt's webhooks are served by virt-api; look why it does not answer: kubectl get pods -A -l kubevirt.io=virt-api"),
            "External" => new StuckCause("External", wait.Why, "Make sure that the controller which is to move it runs."),
            "Evacuating" or "Migrating" or "MigrationTarget" => OfMigration(facts, wait),
            "MigratabilityUnknown" => new StuckCause(
                "MigratabilityUnknown", wait.Why, $"Its virt-handler tells it; look at that one: kubectl get pods -A -l kubevirt.io=virt-handler --field-selector spec.nodeName={facts.Pod.NodeName}"),
            "NamespaceTerminating" => new StuckCause("NamespaceTerminating", wait.Why, $"Look what keeps the namespace: kubectl get namespace {facts.Pod.Name.Namespace} -o yaml"),
            { } code => new StuckCause(code, wait.Why, "It is tried again by itself."),
            null => new StuckCause("NoAnswer", "is being asked to leave, and no answer has come", "It is tried again by itself."),
        };
    }

    private static StuckCause OfDeletion(StuckFacts facts)
    {
        var pod = facts.Pod;
        if (facts.Node is not { Ready: ConditionStatus.True })
        {
            return new StuckCause(
                "KubeletSilent",
                $"its pod {pod.Name.Name} is being deleted, and node {pod.NodeName} is not Ready: nobody tells that the pod has ended",
                $"Make sure that the node is off, then recover it: vmnodeops recover {pod.NodeName}");
        }

        if (facts.At < pod.DeletionAt)
        {
            return new StuckCause(
                "ShuttingDown",
                string.Create(CultureInfo.InvariantCulture, $"its guest shuts down; it has until {pod.DeletionAt:HH:mm:ss}Z before it is killed"),
                "Wait, or shut the guest down from inside.");
        }

        return pod.Finalizers.Count > 0
            ? new StuckCause(
                "Finalizers",
                $"its pod {pod.Name.Name} has ended its time, and finalizers keep its object: {string.Join(", ", pod.Finalizers)}",
                "Whoever set them has to take them off; look at those controllers.")
            : new StuckCause(
                "KubeletSlow",
                string.Create(CultureInfo.InvariantCulture, $"its pod {pod.Name.Name} should have ended at {pod.DeletionAt:HH:mm:ss}Z, and its kubelet has not told that it did"),
                $"Look at the kubelet and the container runtime of node {pod.NodeName}.");
    }

    private static StuckCause OfBudget(StuckFacts facts, EvictionDecision.Wait wait)
    {
        if (facts.Budgets.Count == 0)
        {
            return new StuckCause("Budget", wait.Why, $"Look at the budgets: kubectl get poddisruptionbudgets -n {facts.Pod.Name.Namespace}");
        }

        var budget = facts.Budgets[0];
        var never = budget.ExpectedPods > 0 && budget.DesiredHealthy >= budget.ExpectedPods;
        var numbers = $"{budget.CurrentHealthy} of {budget.ExpectedPods} pods are healthy, {budget.DesiredHealthy} must stay, {budget.DisruptionsAllowed} may go";
        return never
            ? new StuckCause(
                "BudgetNeverAllows",
                $"disruption budget {budget.Name} lets none of its pods go, ever: {numbers}",
                $"Let it allow one (maxUnavailable: 1), or add a pod: kubectl edit poddisruptionbudget -n {budget.Name.Namespace} {budget.Name.Name}")
            : new StuckCause(
                "Budget", $"disruption budget {budget.Name} lets none of its pods go now: {numbers}", "It goes when the others are healthy again; look why they are not.");
    }

    private static StuckCause OfMigration(StuckFacts facts, EvictionDecision.Wait wait)
    {
        var why = facts.Standing is { } standing ? Rest(standing.Message) : wait.Why;
        if (facts.DeadNodes.Count > 0)
        {
            var pod = facts.Launchers.First(launcher => facts.DeadNodes.Contains(launcher.NodeName ?? ""));
            return new StuckCause(
                "TargetNodeDown",
                $"pod {pod.Name.Name} that was to receive it is on node {pod.NodeName}, which is not Ready, and KubeVirt begins no other migration while that pod is there",
                $"Make sure that node {pod.NodeName} is off, then recover it: vmnodeops recover {pod.NodeName}");
        }

        return facts.Standing?.Stage switch
        {
            MachineStage.TargetUnschedulable => new StuckCause(
                "TargetUnschedulable", why, "Make room, or a node that it fits: capacity, node selector, affinity, and kubevirt.io/schedulable=true on nodes."),
            MachineStage.BackingOff => new StuckCause(
                "MigrationFails",
                why,
                $"KubeVirt tries again by itself, for ever. Look at the reason: kubectl get vmim -n {facts.Pod.Name.Namespace} -l kubevirt.io/vmi-name={facts.Instance?.Name.Name}"),
            MachineStage.Marked => new StuckCause(
                "EvacuationNotBegun", why, "virt-controller makes its migration; look at it: kubectl get pods -A -l kubevirt.io=virt-controller"),
            MachineStage.Queued => new StuckCause("MigrationQueued", $"{why}{Limits(facts)}", "Look at the migrations ahead of it: kubectl get vmim -A"),
            MachineStage.TargetStarting => new StuckCause(
                "TargetStarts", why, $"Look at the pod that is to receive it: kubectl get pods -n {facts.Pod.Name.Namespace} -l {LauncherPods.InstanceLabel}={facts.Instance?.Uid}"),
            MachineStage.Migrating => new StuckCause(
                "MigrationSlow",
                why,
                "Its guest may change memory faster than it is transferred. KubeVirt gives up by itself and tries again; a MigrationPolicy may allow post-copy or more bandwidth."),
            _ => new StuckCause(wait.Code, why, "KubeVirt goes on by itself."),
        };
    }

    private static string Limits(StuckFacts facts)
    {
        var (fromNode, inAll) = facts.Migrations;
        return facts.Installation is { } kubeVirt
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" ({fromNode} of {kubeVirt.ParallelOutboundMigrationsPerNode} at a time from this node, {inAll} of {kubeVirt.ParallelMigrationsPerCluster} in the cluster)")
            : "";
    }

    /// <summary>A sentence of its own as the rest of one.</summary>
    private static string Rest(string sentence) =>
        sentence.Length == 0 ? "waits for its migration" : char.ToLowerInvariant(sentence[0]) + sentence[1..].TrimEnd('.');
}
