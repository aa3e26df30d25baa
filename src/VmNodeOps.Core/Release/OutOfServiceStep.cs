using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>
/// Lets Kubernetes release what is on the dead node: marks it as out of service, waits until its pods and volumes are gone, and takes the mark off again, whatever happens.
/// </summary>
/// <remarks>Unlike a force delete of the machines' pods it takes every pod of the node that does not tolerate it; the plan lists them all.</remarks>
internal sealed class OutOfServiceStep(OutOfServiceOptions options) : IUndoableStep, IRememberedStep
{
    public string Name => "take-out-of-service";

    public object? Remembered => options;

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var inventory = await NodeInventory.ReadAsync(context, cancellationToken).ConfigureAwait(false);
        context.Handover.Put(LostPods.RuleOf(context));
        var onNode = Selection.OnNode(context.Node.Name.Name);
        var pods = await context.Cluster.Pods.ListAsync(onNode, cancellationToken).ConfigureAwait(false);
        var attachments = await context.Cluster.VolumeAttachments.ListAsync(onNode, cancellationToken).ConfigureAwait(false);
        var version = await context.Cluster.Server.GetVersionAsync(cancellationToken).ConfigureAwait(false);
        var going = pods.Items.Where(OutOfServiceRelease.Goes).ToList();
        return new StepPlan
        {
            Step = Name,
            Rights = Rights(context.Node),
            Actions =
            [
                .. OutOfServiceTaint.IsOn(context.Node) ? [] : new[] { Mark(context.Node) },
                .. going.Select(pod => LostPods.Act(pod, inventory, "Kubernetes removes")),
                .. attachments.Items.Select(AttachmentTexts.Act),
            ],
            Findings = [.. OutOfServiceFindings.Of(context.Node, version, pods.Items, going), .. LostPods.Findings(context, inventory)],
        };
    }

    public async Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Node.Current is null)
        {
            return StepOutcome.Blocked(
                "NodeGone",
                $"The object of node {context.Node.Planned.Name} is gone, so it cannot be marked. Kubernetes removes its pods by itself after a while; to release them now, recover by force delete.");
        }

        Finding? left = null;
        StepOutcome outcome;
        try
        {
            outcome = await context.WhileNodeIsDownAsync((evidence, token) => ActAsync(context, evidence, token), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            left = await OutOfServiceMark.TryTakeOffAsync(context).ConfigureAwait(false);
            if (left is not null)
            {
                context.ReportFinding(left);
            }
        }

        return left is null ? outcome : StepOutcome.Blocked(left.Code, $"{left.Message} {left.Lift}");
    }

    public async Task<StepOutcome> UndoAsync(StepContext context, CancellationToken cancellationToken) =>
        await OutOfServiceMark.TryTakeOffAsync(context).ConfigureAwait(false) is { } left
            ? StepOutcome.Blocked(left.Code, $"{left.Message} {left.Lift}")
            : StepOutcome.Succeeded("no taint of ours is on the node");

    public string? DescribePending(StepContext context) => context.Handover.Find<OutOfServiceRelease>()?.DescribePending();

    private async Task<StepOutcome> ActAsync(StepContext context, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        LostPods.Follow(context, context.Handover.Find<NodeInventory>()!);
        var release = await OutOfServiceRelease.BeginAsync(context, cancellationToken).ConfigureAwait(false);
        context.Handover.Put(release);
        context.Handover.Put(new DetachingVolumes(() => release.Attachments));
        await OutOfServiceMark.PutOnAsync(context, evidence, cancellationToken).ConfigureAwait(false);
        await release.AwaitAsync(options.Patience, cancellationToken).ConfigureAwait(false);
        return release.Outcome();
    }

    private static PlannedAction Mark(Node node) => new()
    {
        Kind = ActionKind.Mark,
        Target = Refer.To(node),
        What = $"mark node {node.Name} as out of service, until its pods and volumes are gone",
        Why = $"With the taint {OutOfServiceTaint.Key} Kubernetes takes the node for down: it removes its pods and detaches its volumes without the kubelet's word.",
    };

    private static AccessQuestion[] Rights(Node node) =>
    [
        new() { Verb = "patch", Group = "", Resource = "nodes", Name = node.Name.Name },
        new() { Verb = "list", Group = "", Resource = "pods" },
        new() { Verb = "watch", Group = "", Resource = "pods" },
        new() { Verb = "list", Group = "storage.k8s.io", Resource = "volumeattachments" },
        new() { Verb = "watch", Group = "storage.k8s.io", Resource = "volumeattachments" },
        .. MachineRights.Watching,
    ];
}
