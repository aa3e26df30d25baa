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
        if (memory.Reply == EvictionReply.Accepted || pod.IsDeleting)
        {
            return new EvictionDecision.Wait(
                pod.IsFinished ? "its completed pod is being removed" : "is shutting down; its kubelet has not told that it ended");
        }

        if (pod.IsFinished)
        {
            return memory.AskedWhenFinished ? AfterReply(pod, instance, memory) : new EvictionDecision.Ask();
        }

        return (LauncherPods.IsLauncher(pod) && instance is not null ? LetKubeVirtAct(pod, instance, installation, memory) : null)
            ?? AfterReply(pod, instance, memory);
    }

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
                return new EvictionDecision.Wait("is the target of a migration to this node, which has to end first");
            case LauncherRole.MigrationSource:
                return new EvictionDecision.Wait($"has been migrated to {instance.NodeName}; its old pod has not ended yet");
            case LauncherRole.Current when instance.EvacuationNodeName == pod.NodeName:
                return new EvictionDecision.Wait(strategy == EvictionStrategy.External ? External(instance) : Evacuation(instance));
            case LauncherRole.Current when MachineJudge.IsMigrating(instance):
                return new EvictionDecision.Wait($"is migrating to {instance.Migration!.TargetNode}");
            case LauncherRole.Current when instance.IsFinal && isDeferred:
                return new EvictionDecision.Wait($"has ended ({instance.Phase}); its pod has not ended yet");
            case LauncherRole.Current when memory.Reply == EvictionReply.KubeVirtDecides && strategy == EvictionStrategy.LiveMigrate && !instance.IsLiveMigratable:
                return NotMigratable(instance);
            default:
                return null;
        }
    }

    private static EvictionDecision AfterReply(Pod pod, VirtualMachineInstance? instance, EvictionMemory memory) => memory.Reply switch
    {
        EvictionReply.KubeVirtDecides when !pod.IsFinished && LauncherPods.RoleOf(pod, instance) == LauncherRole.Orphan => new EvictionDecision.Stuck(
            "OrphanLauncher",
            $"its instance is gone and only its pod {pod.Name.Name} is left, whose eviction KubeVirt refuses for ever ({memory.Words}). "
            + $"Make sure that no guest runs in it, then delete it: kubectl delete pod -n {pod.Name.Namespace} {pod.Name.Name}"),
        EvictionReply.TwoBudgets => new EvictionDecision.Stuck(
            "TwoBudgets",
            $"two disruption budgets protect its pod {pod.Name.Name}, and Kubernetes evicts no such pod ({memory.Words}). "
            + $"Delete one of them, or change its selector: kubectl get poddisruptionbudgets -n {pod.Name.Namespace}"),
        EvictionReply.Invalid => new EvictionDecision.Stuck("EvictionInvalid", $"the server does not take the eviction of its pod {pod.Name.Name}: {memory.Words}"),
        EvictionReply.None => new EvictionDecision.Ask(),
        _ when memory.IsRetryDue => new EvictionDecision.Ask(),
        _ => new EvictionDecision.Wait(Describe(memory), UntilRetry: true),
    };

    private static string Describe(EvictionMemory memory) => memory.Reply switch
    {
        EvictionReply.Budget => $"a disruption budget does not let it go: {memory.Words}",
        EvictionReply.NamespaceTerminating => $"its namespace is being deleted, and it with it: {memory.Words}",
        EvictionReply.WebhookDown => $"a webhook that decides about its eviction does not answer (is virt-api up?): {memory.Words}",
        EvictionReply.KubeVirtDecides => $"KubeVirt refused for now: {memory.Words}",
        EvictionReply.NotThere => $"is seen in the watch and not there when asked for: {memory.Words}",
        _ => $"its eviction could not be asked for: {memory.Words}",
    };

    private static EvictionDecision NotMigratable(VirtualMachineInstance instance) => instance.FindCondition("LiveMigratable") switch
    {
        { Status: ConditionStatus.False } condition => new EvictionDecision.Stuck(
            "NotMigratable",
            $"is to be migrated live (eviction strategy LiveMigrate) but cannot be: {condition.Reason}: {condition.Message}. Make it migratable, or set another "
            + $"eviction strategy, or shut it down (virtctl stop -n {instance.Name.Namespace} {instance.Name.Name}), and run this again"),
        // virt-handler tells it only once the guest runs.
        _ => new EvictionDecision.Wait("is to be migrated live, and KubeVirt has not told yet whether it can be", UntilRetry: true),
    };

    private static string External(VirtualMachineInstance instance) =>
        $"waits for a controller outside KubeVirt (eviction strategy External) to move it; KubeVirt has marked it and does nothing more ({instance.Name})";

    private static string Evacuation(VirtualMachineInstance instance) => instance.Migration switch
    {
        { StartedAt: not null, EndedAt: null } state => $"is migrating to {state.TargetNode}",
        { Completed: true, Failed: true, FailureReason: var reason } => $"waits for another migration; the last one failed: {reason}",
        _ => "waits for its migration",
    };
}
