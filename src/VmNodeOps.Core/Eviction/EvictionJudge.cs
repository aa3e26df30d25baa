using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Decides what to do about one pod of a node that is being drained. Pure.</summary>
/// <remarks>
/// KubeVirt answers 429 when it begins to move a machine, while it does, and when it never will. So the answer only says whose turn it is; the instance says
/// how it stands: marked (<c>evacuationNodeName</c>) or migrating means that KubeVirt acts and retries by itself, and another request would change nothing.
/// </remarks>
internal static class EvictionJudge
{
    public static EvictionDecision Decide(Pod pod, VirtualMachineInstance? instance, KubeVirtInstallation? installation, EvictionMemory memory)
    {
        if (memory.How == PodRemoval.ForceDelete)
        {
            return AfterForce(memory);
        }

        if (memory.Reply == EvictionReply.Accepted || pod.IsDeleting)
        {
            return pod.IsFinished
                ? new EvictionDecision.Wait("FinishedPod", "has ended, and its completed pod is being removed")
                : new EvictionDecision.Wait("ShuttingDown", "is shutting down; its kubelet has not told that it ended");
        }

        if (pod.IsFinished)
        {
            // No budget counts it and KubeVirt does not look at it any more, so it need not be asked for by an eviction.
            return memory.AskedWhenFinished ? AfterReply(pod, instance, memory) : new EvictionDecision.Ask(PodRemoval.Delete);
        }

        if (memory.How == PodRemoval.Delete)
        {
            return memory.AskedHow == PodRemoval.Delete ? AfterReply(pod, instance, memory) : new EvictionDecision.Ask(PodRemoval.Delete);
        }

        return (LauncherPods.IsLauncher(pod) && instance is not null ? LetKubeVirtAct(pod, instance, installation, memory) : null)
            ?? AfterReply(pod, instance, memory);
    }

    private static EvictionDecision AfterForce(EvictionMemory memory) => memory switch
    {
        { AskedHow: PodRemoval.ForceDelete, Reply: EvictionReply.Accepted } => new EvictionDecision.Wait("Removed", "was removed by force, and the watch has not told it yet"),
        { AskedHow: PodRemoval.ForceDelete, IsRetryDue: false } => Later(memory),
        _ => new EvictionDecision.Ask(PodRemoval.ForceDelete),
    };

    /// <summary>What the instance says before anything is asked, or when KubeVirt has refused.</summary>
    private static EvictionDecision? LetKubeVirtAct(
        Pod pod, VirtualMachineInstance instance, KubeVirtInstallation? installation, EvictionMemory memory)
    {
        var strategy = VirtualMachineFates.StrategyOf(instance, installation);
        var isDeferred = strategy is EvictionStrategy.External or EvictionStrategy.LiveMigrate
            || (strategy == EvictionStrategy.LiveMigrateIfPossible && instance.IsLiveMigratable);
        switch (LauncherPods.RoleOf(pod, instance))
        {
            case LauncherRole.MigrationTarget when isDeferred:
                return new EvictionDecision.Wait("MigrationTarget", "is the target of a migration to this node, which has to end first");
            case LauncherRole.MigrationSource:
                return new EvictionDecision.Wait("MigrationSource", $"has been migrated to {instance.NodeName}; its old pod has not ended yet");
            case LauncherRole.Current when instance.EvacuationNodeName == pod.NodeName:
                return strategy == EvictionStrategy.External ? External(instance) : Evacuation(instance);
            case LauncherRole.Current when MachineJudge.IsMigrating(instance):
                return new EvictionDecision.Wait("Migrating", $"is migrating to {instance.Migration!.TargetNode}");
            case LauncherRole.Current when instance.IsFinal && isDeferred:
                return new EvictionDecision.Wait("Ended", $"has ended ({instance.Phase}); its pod has not ended yet");
            case LauncherRole.Current when EvictionReplies.IsOfKubeVirt(memory.Reply) && strategy == EvictionStrategy.LiveMigrate && !instance.IsLiveMigratable:
                return NotMigratable(instance);
            case LauncherRole.Current when EvictionReplies.IsEvacuation(memory.Reply) || (memory.Reply == EvictionReply.Budget && isDeferred):
                // Up to KubeVirt 1.4 a budget of its own answers for a machine that it has marked.
                return Marked(memory);
            default:
                return null;
        }
    }

    private static EvictionDecision AfterReply(Pod pod, VirtualMachineInstance? instance, EvictionMemory memory) => memory.Reply switch
    {
        _ when EvictionReplies.IsOfKubeVirt(memory.Reply) && !pod.IsFinished && LauncherPods.IsLauncher(pod) && LauncherPods.RoleOf(pod, instance) == LauncherRole.Orphan =>
            new EvictionDecision.Stuck(
                "OrphanLauncher",
                $"its instance is gone and only its pod {pod.Name.Name} is left, whose eviction KubeVirt refuses for ever ({memory.Words})",
                $"Make sure that no guest runs in it, then delete it: kubectl delete pod -n {pod.Name.Namespace} {pod.Name.Name}"),
        EvictionReply.TwoBudgets => new EvictionDecision.Stuck(
            "TwoBudgets",
            $"two disruption budgets protect its pod {pod.Name.Name}, and Kubernetes evicts no such pod ({memory.Words})",
            $"Delete one of them, or change its selector: kubectl get poddisruptionbudgets -n {pod.Name.Namespace}"),
        EvictionReply.Invalid => new EvictionDecision.Stuck(
            "EvictionInvalid", $"the server does not take the eviction of its pod {pod.Name.Name}: {memory.Words}", "Look at what admission policies the cluster has."),
        EvictionReply.None => new EvictionDecision.Ask(memory.How),
        _ when memory.IsRetryDue => new EvictionDecision.Ask(pod.IsFinished ? PodRemoval.Delete : memory.How, Later(memory).Why),
        _ => Later(memory),
    };

    private static EvictionDecision.Wait Later(EvictionMemory memory) => memory.Reply switch
    {
        EvictionReply.Budget => new("Budget", $"is kept by a disruption budget: {memory.Words}", UntilRetry: true, IsTrouble: true),
        EvictionReply.WebhookDown => new("WebhookDown", $"cannot be evicted while a webhook does not answer: {memory.Words}", UntilRetry: true, IsTrouble: true),
        EvictionReply.NamespaceTerminating => new("NamespaceTerminating", "goes with its namespace, which is being deleted", UntilRetry: true, IsTrouble: true),
        EvictionReply.MigrationTarget => new("MigrationTarget", "is the target of a migration to this node, which has to end first", UntilRetry: true),
        EvictionReply.HotplugGuarded => new("Hotplug", "holds a disk for a guest that runs, and goes with it", UntilRetry: true),
        _ when EvictionReplies.IsOfKubeVirt(memory.Reply) => new("KubeVirtRefused", $"was refused by KubeVirt for now: {memory.Words}", UntilRetry: true, IsTrouble: true),
        EvictionReply.NotThere => new("NotThere", $"is seen in the watch and not there when asked for: {memory.Words}", UntilRetry: true, IsTrouble: true),
        EvictionReply.ServerBusy => new("ServerBusy", $"waits because the API server is busy: {memory.Words}", UntilRetry: true, IsTrouble: true),
        _ => new("ServerTrouble", $"got no answer of use: {memory.Words}", UntilRetry: true, IsTrouble: true),
    };

    /// <summary>
    /// KubeVirt had marked it when it answered, and the instance as last heard shows no mark: the watch is behind, or the mark is gone again because the migration is over or
    /// somebody cancelled it. Before another request is sent the instance itself is read, so that one evacuation is asked for once.
    /// </summary>
    private static EvictionDecision Marked(EvictionMemory memory) =>
        memory.IsRetryDue ? new EvictionDecision.Look() : new EvictionDecision.Wait("Evacuating", "is to be migrated; KubeVirt has taken the request", UntilRetry: true);

    private static EvictionDecision NotMigratable(VirtualMachineInstance instance) => instance.FindCondition("LiveMigratable") switch
    {
        { Status: ConditionStatus.False } condition => new EvictionDecision.Stuck(
            "NotMigratable",
            $"is to be migrated live (eviction strategy LiveMigrate) but cannot be: {condition.Reason}: {condition.Message}".TrimEnd('.', ' ', ':'),
            $"Make it migratable, or set another eviction strategy, or shut it down (virtctl stop -n {instance.Name.Namespace} {instance.Name.Name}), and run this again"),
        // virt-handler tells it only once the guest runs; asking again before would get the same answer.
        _ => new EvictionDecision.Wait("MigratabilityUnknown", "is to be migrated live, and KubeVirt has not told yet whether it can be"),
    };

    private static EvictionDecision.Wait External(VirtualMachineInstance instance) => new(
        "External",
        $"waits for a controller outside KubeVirt (eviction strategy External) to move it; KubeVirt has marked it and does nothing more ({instance.Name})",
        IsTrouble: true);

    private static EvictionDecision.Wait Evacuation(VirtualMachineInstance instance) => instance.Migration switch
    {
        { StartedAt: not null, EndedAt: null } state => new("Migrating", $"is migrating to {state.TargetNode}"),
        { Completed: true, Failed: true, FailureReason: var reason } => new("Evacuating", $"waits for another migration; the last one failed: {reason}"),
        _ => new("Evacuating", "waits for its migration"),
    };
}
