using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Gets KubeVirt's control plane off the failed node and waits until it serves elsewhere, before anything else is destroyed.</summary>
internal sealed class RestoreKubeVirtStep(RestoreKubeVirtOptions options) : IRememberedStep
{
    public string Name => "restore-kubevirt";

    public object? Remembered => options;

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var inventory = await NodeInventory.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        if (inventory.KubeVirt is not { } installation)
        {
            return new StepPlan { Step = Name, Findings = [NoKubeVirt(inventory)] };
        }

        var node = context.Node.Name.Name;
        var pods = await context.Cluster.Pods.ListAsync(KubeVirtReplicas.In(installation), cancellationToken).ConfigureAwait(false);
        var targets = pods.Items.Where(pod => IsTarget(pod, node)).ToList();
        return new StepPlan
        {
            Step = Name,
            Rights = Rights(installation),
            Actions =
            [
                .. targets.Select(pod => Act(pod, node)),
                new PlannedAction
                {
                    Kind = ActionKind.Wait,
                    What = "wait until virt-api and virt-controller are ready on another node",
                    Why = "KubeVirt's webhooks fail closed: without them no machine of the node can be started again. A write that stores nothing makes sure that they answer.",
                },
            ],
            Findings = [.. Findings(pods.Items, targets, node)],
        };
    }

    public Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken) =>
        context.WhileNodeIsDownAsync((evidence, token) => ActAsync(context, evidence, token), cancellationToken);

    public string? DescribePending(StepContext context) => context.Handover.Find<WebhooksAwaited>() is null
        ? context.Handover.Find<Restoration>()?.Describe()
        : "virt-api is ready, but KubeVirt's webhooks do not answer. Look at its service and endpoints, and at network policies. Nothing is destroyed before they do.";

    private async Task<StepOutcome> ActAsync(StepContext context, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        var inventory = context.Handover.Find<NodeInventory>()!;
        var installation = inventory.KubeVirt!;
        var node = context.Node.Planned.Name.Name;
        var planned = context.Plan.Actions.Select(action => action.Target?.Uid).ToHashSet();
        var pods = await context.ListAsync(context.Cluster.Pods, KubeVirtReplicas.In(installation), cancellationToken).ConfigureAwait(false);

        // On other nodes only the very replicas of the plan: those that have replaced them since are to live.
        var targets = pods.Items.Where(pod => IsTarget(pod, node) && (pod.NodeName == node || planned.Contains(pod.Uid))).ToList();
        var restoration = new Restoration(node, pods, targets);
        context.Handover.Put(restoration);
        await Task.WhenAll(targets.Select(pod => context.WriteUnlessGoneAsync(
            token => pod.NodeName == node
                ? context.Gate.ForceDeleteAsync(pod, evidence, token)
                : context.Gate.ForceDeleteReplicaAsync(pod, installation, evidence, token),
            cancellationToken))).ConfigureAwait(false);
        await AwaitAsync(context, installation, pods, restoration, cancellationToken).ConfigureAwait(false);
        context.Handover.Put(new WebhooksAwaited());
        await WebhookProbe.AwaitAsync(context, inventory, evidence, cancellationToken).ConfigureAwait(false);
        var removed = targets.Count == 0 ? "no replica was on the node" : $"{targets.Count} {(targets.Count == 1 ? "replica" : "replicas")} removed";
        return StepOutcome.Succeeded($"{removed}; {restoration.DescribeServing()}");
    }

    private static async Task AwaitAsync(
        StepContext context, KubeVirtInstallation installation, Snapshot<Pod> from, Restoration restoration, CancellationToken cancellationToken)
    {
        if (restoration.IsDone)
        {
            return;
        }

        context.ReportProgress(0, 1, restoration.Describe()!);
        await foreach (var change in context.WatchAsync(context.Cluster.Pods, KubeVirtReplicas.In(installation), from, cancellationToken).ConfigureAwait(false))
        {
            restoration.Hear(change);
            if (restoration.IsDone)
            {
                return;
            }
        }
    }

    private bool IsTarget(Pod pod, string node) =>
        KubeVirtReplicas.ComponentOf(pod) is not null && !pod.IsFinished && (pod.NodeName == node || (options.Scope == KubeVirtReplicaScope.AllReplicas && pod.NodeName is not null));

    private static PlannedAction Act(Pod pod, string node) => new()
    {
        Kind = ActionKind.ForceDelete,
        Target = Refer.To(pod),
        What = pod.NodeName == node ? $"force-delete {pod.Name}" : $"force-delete {pod.Name} on node {pod.NodeName}",
        Why = pod.NodeName == node
            ? "It is gone with the node, but counts as a replica; Kubernetes would replace it only after five minutes."
            : "All replicas are to be made anew, as asked. It is without state, and its Deployment replaces it at once.",
    };

    private static IEnumerable<Finding> Findings(IReadOnlyList<Pod> pods, List<Pod> targets, string node)
    {
        foreach (var component in KubeVirtReplicas.Components)
        {
            if (!pods.Any(pod => KubeVirtReplicas.ComponentOf(pod) == component && KubeVirtReplicas.ServesElsewhere(pod, node) && !targets.Contains(pod)))
            {
                yield return new Finding
                {
                    Severity = FindingSeverity.Warning,
                    Code = "NoReplicaLeft",
                    Message = $"No replica of {component} is ready on another node{(targets.Any(pod => pod.NodeName != node) ? " that is to stay" : "")}: until a new one is, KubeVirt can do nothing.",
                    Lift = "The run makes room for a new one and waits for it. If none gets ready, look at the pods of its Deployment.",
                };
            }
        }

        var others = targets.Where(pod => pod.NodeName != node).ToList();
        if (others.Count > 0)
        {
            yield return new Finding
            {
                Severity = FindingSeverity.Warning,
                Code = "ReplicasOfOtherNodes",
                Message = $"{others.Count} replicas on other nodes are removed too: {string.Join(", ", others.Select(pod => $"{pod.Name.Name} on {pod.NodeName}"))}.",
                Lift = $"If that is not meant, use {nameof(KubeVirtReplicaScope)}.{nameof(KubeVirtReplicaScope.FailedNode)}.",
            };
        }
    }

    private static Finding NoKubeVirt(NodeInventory inventory) => new()
    {
        Severity = FindingSeverity.Refusal,
        Code = "NoKubeVirt",
        Message = inventory.ServesKubeVirt
            ? "This cluster has no KubeVirt resource in any namespace, so it is not known where KubeVirt's control plane lives."
            : "This cluster does not serve KubeVirt's API (kubevirt.io/v1), so there are no virtual machines to recover.",
        Lift = "Check that the context is the right one: kubectl config current-context",
    };

    private static AccessQuestion[] Rights(KubeVirtInstallation installation) =>
    [
        new() { Verb = "list", Group = "kubevirt.io", Resource = "kubevirts" },
        OfReplicas("list", installation),
        OfReplicas("watch", installation),
        OfReplicas("delete", installation),
        WebhookProbe.Right,
    ];

    private static AccessQuestion OfReplicas(string verb, KubeVirtInstallation installation) =>
        new() { Verb = verb, Group = "", Resource = "pods", Namespace = installation.Name.Namespace };
}

/// <summary>Tells that the replicas are ready, and their webhooks are awaited.</summary>
internal sealed record WebhooksAwaited;
