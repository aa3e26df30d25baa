using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Asks the server about each pod with an eviction that is only tried, once, and puts its answer beside the plan's.</summary>
/// <remarks>KubeVirt's webhook answers a tried eviction as it would a real one, and marks nothing. A pass ends: what is refused is not asked again.</remarks>
internal static class Rehearsal
{
    private const int AtOnce = 16;

    public static async Task<StepPlan> AddAsync(
        StepPlan plan, PlanningContext context, NodeInventory inventory, Snapshot<Pod> pods, CancellationToken cancellationToken)
    {
        var evicted = plan.Actions.Where(action => action.Kind == ActionKind.Evict).ToDictionary(action => action.Target!.Uid);
        var asked = pods.Items.Where(pod => evicted.ContainsKey(pod.Uid) && !pod.IsDeleting).ToList();
        var answers = new EvictionAnswer[asked.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, asked.Count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (index, token) => answers[index] = await context.Cluster.RehearseEvictionAsync(asked[index], token).ConfigureAwait(false)).ConfigureAwait(false);
        var findings = asked.Zip(answers, (pod, answer) => Judge(pod, answer, evicted[pod.Uid].Fate)).ToList();
        return plan with { Findings = [.. plan.Findings, .. findings] };
    }

    private static Finding Judge(Pod pod, EvictionAnswer answer, VirtualMachineFate? expected)
    {
        var reply = answer.Refusal is { } refusal ? EvictionReplies.Read(refusal) : EvictionReply.Accepted;
        var says = reply switch
        {
            EvictionReply.Accepted => "it would be evicted",
            EvictionReply.EvacuationBegins => "KubeVirt would migrate it",
            EvictionReply.EvacuationGoesOn => "KubeVirt is migrating it",
            _ => $"it would be refused: {EvictionReplies.Words(answer.Refusal!)}",
        };
        var disagrees = expected is { } fate && !Agrees(fate, reply);
        var subject = LauncherPods.InstanceOf(pod) is { } machine ? $"VM {machine}" : $"Pod {pod.Name}";
        return new Finding
        {
            Severity = disagrees || !IsFine(reply) ? FindingSeverity.Warning : FindingSeverity.Note,
            Code = disagrees ? "RehearsalDisagrees" : "Rehearsal",
            Message = disagrees ? $"{subject}: asked by a dry run, the server says that {says}; the plan expects {expected}." : $"{subject}: asked by a dry run, the server says that {says}.",
            Object = Refer.To(pod),
        };
    }

    private static bool IsFine(EvictionReply reply) => reply is EvictionReply.Accepted || EvictionReplies.IsEvacuation(reply);

    /// <summary>Whether the answer is what such a fate leads to. What stands in the way for other reasons, such as a budget, contradicts no fate.</summary>
    private static bool Agrees(VirtualMachineFate fate, EvictionReply reply) => reply switch
    {
        EvictionReply.Accepted => fate is not (VirtualMachineFate.Migrates or VirtualMachineFate.Blocks or VirtualMachineFate.External or VirtualMachineFate.OrphanLauncher),
        EvictionReply.EvacuationBegins or EvictionReply.EvacuationGoesOn => fate is VirtualMachineFate.Migrates or VirtualMachineFate.External,
        EvictionReply.NotMigratable => fate is VirtualMachineFate.Blocks,
        EvictionReply.InstanceGone => fate is VirtualMachineFate.OrphanLauncher,
        EvictionReply.MigrationTarget => fate is VirtualMachineFate.Unaffected,
        _ => true,
    };
}
