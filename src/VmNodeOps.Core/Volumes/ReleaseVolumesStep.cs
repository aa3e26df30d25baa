using VmNodeOps.Cluster;

namespace VmNodeOps;

/// <summary>Detaches the volumes of the dead node that no pod on it uses any more.</summary>
internal sealed class ReleaseVolumesStep(ReleaseVolumesOptions options) : IRememberedStep
{
    public string Name => "release-volumes";

    public object? Remembered => options;

    public async Task<StepPlan> PlanAsync(PlanningContext context, CancellationToken cancellationToken)
    {
        var attachments = await context.Cluster.VolumeAttachments.ListAsync(Selection.OnNode(context.Node.Name.Name), cancellationToken).ConfigureAwait(false);
        context.Handover.Put(new AttachmentListing(attachments));
        var uses = attachments.Items.Count == 0 ? [] : await FindUsesAsync(context, attachments.Items, cancellationToken).ConfigureAwait(false);
        return new StepPlan
        {
            Step = Name,
            Rights = options.StripFinalizers ? [.. Rights, new AccessQuestion { Verb = "patch", Group = "storage.k8s.io", Resource = "volumeattachments" }] : Rights,
            Actions = [.. uses.Where(use => use.Objection is null).Select(use => AttachmentTexts.Act(use.Attachment))],
            Findings = [.. uses.Select(use => use.Objection).OfType<Finding>(), .. options.StripFinalizers ? [AttachmentTexts.WillBeStripped(options.DetachTimeout)] : Array.Empty<Finding>()],
        };
    }

    public Task<StepOutcome> ApplyAsync(StepContext context, CancellationToken cancellationToken) =>
        context.WhileNodeIsDownAsync((evidence, token) => ActAsync(context, evidence, token), cancellationToken);

    public string? DescribePending(StepContext context) => context.Handover.Find<VolumeRelease>()?.DescribePending();

    private static AccessQuestion[] Rights { get; } =
    [
        new() { Verb = "list", Group = "storage.k8s.io", Resource = "volumeattachments" },
        new() { Verb = "watch", Group = "storage.k8s.io", Resource = "volumeattachments" },
        new() { Verb = "delete", Group = "storage.k8s.io", Resource = "volumeattachments" },
        new() { Verb = "list", Group = "", Resource = "pods" },
        new() { Verb = "watch", Group = "", Resource = "pods" },
        new() { Verb = "list", Group = "", Resource = "persistentvolumeclaims" },
    ];

    private static async Task<List<(VolumeAttachment Attachment, Finding? Objection)>> FindUsesAsync(
        PlanningContext context, IReadOnlyList<VolumeAttachment> attachments, CancellationToken cancellationToken)
    {
        var pods = await context.Cluster.Pods.ListAsync(Selection.OnNode(context.Node.Name.Name), cancellationToken).ConfigureAwait(false);
        var releasesMachines = context.Handover.Find<FateRule>() is { IsLoss: true };
        var staying = pods.Items.Where(pod => !pod.IsFinished && !(releasesMachines && VolumeUsers.GoesWithMachine(pod))).ToList();
        var claims = new ClaimBook((ns, token) => context.Cluster.PersistentVolumeClaims.ListAsync(new Selection { Namespace = ns }, token));
        await claims.LearnAsync(staying, cancellationToken).ConfigureAwait(false);
        return [.. attachments.Select(attachment => (attachment, VolumeUsers.Objection(attachment, staying, claims)))];
    }

    private async Task<StepOutcome> ActAsync(StepContext context, FencingEvidence evidence, CancellationToken cancellationToken)
    {
        var release = new VolumeRelease(context, evidence);
        context.Handover.Put(release);
        context.Handover.Put(new DetachingVolumes(() => release.Stuck));
        await release.RunAsync(options.DetachTimeout, cancellationToken).ConfigureAwait(false);
        if (options.StripFinalizers)
        {
            await release.StripAsync(cancellationToken).ConfigureAwait(false);
        }

        return release.Outcome();
    }
}
